import type * as ast from '../../parse/ast.js';
import { coerce } from '../coerce.js';
import type { Context } from '../context.js';
import { expression, row } from '../expressions/index.js';
import type { Expression, Handle, Statement } from '../program.js';
import { otherwise } from './otherwise.js';

/** A call on its own: `led.toggle()`, `out.send({ x })`, `port.write_u8(1) else { … }`. */
export function effect(x: Context, node: ast.ExpressionStatement): Statement | undefined {
  const sends = sendTarget(x, node.value);
  if (sends) return send(x, node, sends);
  const operand = row(x, node.value);
  if (!operand) return undefined;
  const value = 'effect' in operand ? operand.effect : 'expression' in operand ? operand.expression : undefined;
  if (
    !value ||
    (value.kind !== 'host' && value.kind !== 'call') ||
    (value.kind === 'host' && value.call.result && !value.failing)
  ) {
    x.bag.report('T0315', node.value.span);
    return undefined;
  }
  const rest = otherwise(x, value, node.otherwise);
  return rest && { kind: 'effect', value, ...rest, span: node.span };
}

/** The handle if `node` is `handle.send(…)` of a topic. */
function sendTarget(x: Context, node: ast.Expression): Handle | undefined {
  if (node.kind !== 'call' || node.callee.kind !== 'member' || node.callee.name.text !== 'send') return undefined;
  const { object } = node.callee;
  const meaning = object.kind === 'name' ? x.scope.find(object.name.text)?.meaning : undefined;
  return meaning?.kind === 'handle' && meaning.handle.kind === 'publish' ? meaning.handle : undefined;
}

function send(x: Context, node: ast.ExpressionStatement, handle: Handle): Statement | undefined {
  const args = node.value.kind === 'call' ? node.value.args : [];
  const record = args.length === 1 ? args[0]?.value : undefined;
  const message = handle.message;
  if (!message) return undefined;
  const names = message.fields.map((field) => field.name).join(', ');
  if (record?.kind !== 'record') {
    if (record?.kind !== 'bad')
      x.bag.report('T0312', node.value.span, {
        name: 'send',
        wanted: `{ ${names} }`,
        found: args.length === 0 ? 'nothing' : 'something else',
        list: `a message \`${message.name}\``,
      });
    return undefined;
  }
  if (node.otherwise) x.bag.report('T0310', node.otherwise.span, {}, { edit: { span: node.otherwise.span, text: '' } });
  const values = new Map<string, Expression | undefined>();
  for (const field of record.fields) {
    const wanted = message.fields.find((each) => each.name === field.name.text);
    if (field.name.text === '') continue;
    if (!wanted)
      x.bag.report('T0217', field.name.span, { message: message.name, field: field.name.text, fields: names });
    else if (values.has(wanted.name))
      x.bag.report('T0204', field.name.span, { name: field.name.text }, { fix: 'give each field once' });
    else values.set(wanted.name, coerce(x, expression(x, field.value), wanted.type));
  }
  const missing = message.fields.find((field) => !values.has(field.name));
  if (missing) x.bag.report('T0218', record.span, { field: missing.name });
  const fields = message.fields.map((field) => values.get(field.name));
  return fields.some((field) => !field)
    ? undefined
    : { kind: 'send', handle, fields: fields as Expression[], span: node.span };
}
