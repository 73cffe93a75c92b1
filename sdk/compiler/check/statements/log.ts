import { limits, type Scalar } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { settle, type Typed } from '../coerce.js';
import type { Context } from '../context.js';
import { expression } from '../expressions/index.js';
import type { Statement } from '../program.js';
import { typeText } from '../types.js';

/** Where a value stands in a text; in the manifest with the type that says how its 32 bits are read. */
const HOLE = /\{(?:bool|u32)?\}/g;

/**
 * `log "x {} y {}", x, y`: the text stays on the host side of the manifest, only its number and the values are sent.
 */
export function log(x: Context, node: ast.LogStatement): Statement | undefined {
  const { span } = node.template;
  const holes = node.template.text.match(HOLE)?.length ?? 0;
  const args = node.args.map((arg) => argument(x, arg));
  const types = args.map((arg) => arg?.type.scalar ?? 'i32');
  const text = node.template.text.replace(HOLE, () => hole(types.shift()));
  const size = new TextEncoder().encode(text).length;
  if (holes !== node.args.length) x.bag.report('T0320', span, { holes, args: node.args.length });
  else if (size > limits.log_text.value)
    x.bag.report('T0502', span, { what: 'text', size, limit: limits.log_text.value });
  else if (holes > limits.fields.value)
    x.bag.report('T0501', node.span, { count: holes, what: 'values', limit: limits.fields.value });
  else if (args.every((arg) => arg !== undefined))
    return { kind: 'log', template: number(x, text), args: args.map(({ expression: each }) => each), span: node.span };
  return undefined;
}

/** Only these types are not read right without being named: smaller ones are in the range of i32. */
const hole = (type: Scalar | undefined): string => (type === 'bool' || type === 'u32' ? `{${type}}` : '{}');

function argument(x: Context, node: ast.Expression): Typed | undefined {
  const operand = settle(x, expression(x, node));
  if (operand?.type.scalar !== 'i64') return operand;
  x.bag.report(
    'T0321',
    node.span,
    { type: typeText(operand.type), where: 'a log line', why: 'its values have at most 32 bits' },
    { fix: 'convert it: `i32(…)` or `f32(…)`' },
  );
  return undefined;
}

function number(x: Context, text: string): number {
  const found = x.logs.indexOf(text);
  return found >= 0 ? found : x.logs.push(text) - 1;
}
