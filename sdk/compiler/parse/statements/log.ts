import type { Expression, LogStatement } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

/** `log "x {}", x`. */
export function logStatement(c: Cursor): LogStatement {
  const start = c.take().span;
  const template = c.peek();
  if (c.isKind('string')) c.take();
  else c.missing('a text in quotes', 'after `log`');
  const args: Expression[] = [];
  while (c.eat(',')) args.push(expression(c));
  return {
    kind: 'log',
    template: { text: template.kind === 'string' ? template.text : '', span: template.span },
    args,
    span: c.since(start),
  };
}
