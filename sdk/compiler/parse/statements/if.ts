import type { Block, IfStatement } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

/** `if condition { … } else if … else { … }`. */
export function ifStatement(c: Cursor): IfStatement {
  const start = c.take().span;
  const condition = expression(c);
  const then = block(c, 'after the condition');
  const rest = c.eat('else') ? alternative(c) : undefined;
  return { kind: 'if', condition, then, ...(rest && { otherwise: rest }), span: c.since(start) };
}

function alternative(c: Cursor): Block {
  if (!c.is('if')) return block(c, 'after `else`');
  return c.deeper(() => {
    const nested = ifStatement(c);
    return { statements: [nested], span: nested.span };
  }, () => ({ statements: [], span: c.last().span }));
}
