import { limits, names } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import type { Handle, Message } from '../program.js';
import { resolveType } from '../typeref.js';
import { typeText } from '../types.js';
import { clauseFields } from './clauses.js';

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** `message Estimate { x: f32 degC, p: f32 }`. */
export function message(x: Context, node: ast.MessageDeclaration): void {
  const fields: Message['fields'][number][] = [];
  const names = new Set<string>();
  let broken = false;
  for (const field of node.fields) {
    const type = resolveType(x, field.type);
    const twice = field.name.text !== '' && names.has(field.name.text);
    names.add(field.name.text);
    if (twice) x.bag.report('T0204', field.name.span, { name: field.name.text }, { fix: 'rename one of them' });
    if (type?.scalar === 'i64') {
      x.bag.report(
        'T0321',
        field.type.span,
        { type: typeText(type), where: 'a message', why: 'fields have at most 32 bits' },
        { fix: 'use `i32 ms` or `f32 s`' },
      );
    }
    if (!type || twice || type.scalar === 'i64' || field.name.text === '') broken = true;
    else fields.push({ name: field.name.text, type });
  }
  const made: Message = { name: node.name.text, fields };
  if (node.fields.length === 0) x.bag.report('T0226', node.span);
  if (fields.length > limits.fields.value)
    x.bag.report('T0501', node.span, { count: fields.length, what: 'fields', limit: limits.fields.value });
  const size = bytes(schemaOf(made));
  if (size > limits.schema.value)
    x.bag.report('T0502', node.span, { what: 'message as text', size, limit: limits.schema.value });
  x.declare(node.name, broken ? { kind: 'broken' } : { kind: 'message', message: made });
}

/** The fields as the manifest holds them: `x:f32 degC,p:f32`. */
const schemaOf = (of: Message): string => of.fields.map((field) => `${field.name}:${typeText(field.type)}`).join(',');

/** `publish out: M = "topic" max 100Hz`, `subscribe in: M = "topic" queue 4`. */
export function topic(x: Context, node: ast.TopicDeclaration): void {
  const of = resolveMessage(x, node.message);
  const options = clauseFields(x, node.kind, node.kind, node.clauses, node.name);
  checkTopic(x, node.topic);
  if (!of || !options) {
    x.declare(node.name, { kind: 'broken' });
    return;
  }
  const schema = schemaOf(of);
  const other = x.topics.get(node.topic.text);
  if (other && other.fields['schema'] !== schema) {
    x.bag.report(
      'T0213',
      node.message.span,
      { topic: node.topic.text, schema: String(other.fields['schema']) },
      { notes: [{ span: other.span, text: 'declared here' }] },
    );
  }
  const handle: Handle = {
    number: x.handles.length,
    name: node.name.text,
    kind: node.kind,
    fields: { topic: node.topic.text, schema, ...options },
    message: of,
    span: node.name.span,
  };
  x.handles.push(handle);
  if (!other) x.topics.set(node.topic.text, handle);
  x.declare(node.name, { kind: 'handle', handle });
}

function resolveMessage(x: Context, name: ast.Name): Message | undefined {
  if (name.text === '') return undefined;
  const entry = x.scope.find(name.text);
  if (entry?.meaning.kind === 'message') return entry.meaning.message;
  if (entry?.meaning.kind === 'broken') return undefined;
  x.bag.report(
    'T0214',
    name.span,
    { name: name.text },
    { fix: `declare it before: \`message ${name.text} { value: f32 }\`` },
  );
  return undefined;
}

function checkTopic(x: Context, name: ast.Name): void {
  const size = bytes(name.text);
  if (size > limits.topic.value) x.bag.report('T0502', name.span, { what: 'topic', size, limit: limits.topic.value });
  if (size === 0 && name.span.end - name.span.start === 2)
    x.bag.report('T0227', name.span, {}, { fix: 'write a path: `"robot/pose"`' });
  const strange = [...name.text].find((each) => !names.topic.pattern.test(each));
  if (strange !== undefined) x.bag.report('T0230', name.span, { found: strange });
}
