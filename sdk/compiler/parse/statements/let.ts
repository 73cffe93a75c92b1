import type { LetStatement } from '../ast.js';
import { otherwise } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';
import { typeRef } from '../type.js';

/** `let x: T = value else …`, `var x = value`. */
export function letStatement(c: Cursor): LetStatement {
  const start = c.peek().span;
  const mutable = c.take().text === 'var';
  const name = c.newName('a name');
  const type = c.eat(':') ? typeRef(c) : undefined;
  c.expect('=', 'and the first value');
  const value = expression(c);
  const rest = otherwise(c);
  return {
    kind: 'let',
    mutable,
    name,
    ...(type && { type }),
    value,
    ...(rest && { otherwise: rest }),
    span: c.since(start),
  };
}
