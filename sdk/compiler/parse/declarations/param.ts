import type { Expression, ParamDeclaration } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';
import { typeRef } from '../type.js';

/** `param q: f32 = 0.01 in 0.0 ..= 1.0`; `retain` stands before it. */
export function paramDeclaration(c: Cursor, retain: boolean, start = c.peek().span): ParamDeclaration {
  c.take();
  const name = c.newName('a name');
  c.expect(':', 'and the type of the parameter');
  const type = typeRef(c);
  c.expect('=', 'and the first value');
  const value = expression(c);
  const range = c.eat('in') ? limits(c) : undefined;
  return { kind: 'param', retain, name, type, value, ...(range && { range }), span: c.since(start) };
}

function limits(c: Cursor): { low: Expression; high: Expression } {
  const low = expression(c);
  c.expect('..=', 'between the limits');
  return { low, high: expression(c) };
}
