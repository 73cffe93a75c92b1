import type { ConstDeclaration, StateDeclaration } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';
import { typeRef } from '../type.js';

/** `const N: u8 = 3`. */
export function constDeclaration(c: Cursor): ConstDeclaration {
  const start = c.take().span;
  return { kind: 'const', ...nameAndValue(c), span: c.since(start) };
}

/** `var x: f32 = 0` at the top level; `retain` and `start` stand before it. */
export function stateDeclaration(c: Cursor, retain: boolean, start = c.peek().span): StateDeclaration {
  c.take();
  return { kind: 'state', retain, ...nameAndValue(c), span: c.since(start) };
}

function nameAndValue(c: Cursor): Pick<ConstDeclaration, 'name' | 'type' | 'value'> {
  const name = c.newName('a name');
  const type = c.eat(':') ? typeRef(c) : undefined;
  c.expect('=', 'and the value');
  return { name, ...(type && { type }), value: expression(c) };
}
