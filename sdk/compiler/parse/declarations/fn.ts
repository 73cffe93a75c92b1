import type { FnDeclaration, Name, TypeRef } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { typeRef } from '../type.js';

/** `fn clamp(x: i32, top: i32): i32 { … }`. */
export function fnDeclaration(c: Cursor): FnDeclaration {
  const start = c.take().span;
  const name = c.newName('a name');
  const params: { name: Name; type: TypeRef }[] = [];
  c.list('(', ')', 'in the parameter list', () => {
    const param = c.newName('the name of a parameter');
    c.expect(':', 'and the type of the parameter');
    params.push({ name: param, type: typeRef(c) });
  });
  if (c.is('->')) c.report('T0112', c.peek().span, {}, { edit: { span: c.peek().span, text: ':' } });
  const result = c.eat(':') || c.eat('->') ? typeRef(c) : undefined;
  const body = block(c, 'after the head of the function');
  return { kind: 'fn', name, params, ...(result && { result }), body, span: c.since(start) };
}
