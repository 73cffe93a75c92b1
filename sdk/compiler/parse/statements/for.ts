import type { ForStatement } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';
import { typeRef } from '../type.js';

/** `for i in 0 ..= 9 step 3 { … }`. */
export function forStatement(c: Cursor): ForStatement {
  const start = c.take().span;
  const name = c.newName('the name of the counter');
  const type = c.eat(':') ? typeRef(c) : undefined;
  c.expect('in', 'after the counter');
  const first = expression(c);
  const inclusive = c.eat('..=');
  if (!inclusive) c.expect('..', 'or `..=` after the first value');
  const last = expression(c);
  const step = c.eat('step') ? expression(c) : undefined;
  const head = c.since(start);
  const body = block(c, 'after the range');
  return {
    kind: 'for',
    name,
    ...(type && { type }),
    first,
    last,
    inclusive,
    ...(step && { step }),
    body,
    head,
    span: c.since(start),
  };
}
