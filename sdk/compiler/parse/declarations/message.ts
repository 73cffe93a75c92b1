import type { MessageDeclaration, Name, TopicDeclaration, TypeRef } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { typeRef } from '../type.js';
import { clauses } from './use.js';

/** `message Estimate { x: f32 degC, p: f32 }`. */
export function messageDeclaration(c: Cursor): MessageDeclaration {
  const start = c.take().span;
  const name = c.newName('a name');
  const fields: { name: Name; type: TypeRef }[] = [];
  c.list('{', '}', 'in the message', () => {
    const field = c.newName('the name of a field');
    c.expect(':', 'and the type of the field');
    fields.push({ name: field, type: typeRef(c) });
  });
  return { kind: 'message', name, fields, span: c.since(start) };
}

/** `publish out: Estimate = "kf/x" max 100Hz`, `subscribe in: Estimate = "kf/x" queue 4`. */
export function topicDeclaration(c: Cursor): TopicDeclaration {
  const start = c.peek().span;
  const kind = c.take().text === 'publish' ? 'publish' : 'subscribe';
  const name = c.newName('a name');
  c.expect(':', 'and the message');
  const message = c.name('the name of a message');
  c.expect('=', 'and the topic');
  const token = c.peek();
  if (c.isKind('string')) c.take();
  else c.missing('the topic in quotes', '');
  const topic = { text: token.kind === 'string' ? token.text : '', span: token.span };
  return { kind, name, message, topic, clauses: clauses(c), span: c.since(start) };
}
