import type * as ast from '../../parse/ast.js';
import { coerce, settle } from '../coerce.js';
import type { Context } from '../context.js';
import { row } from '../expressions/index.js';
import type { Statement } from '../program.js';
import { resolveType } from '../typeref.js';
import { otherwise } from './otherwise.js';

/** `let x: T = value else …`, `var x = value` in a block. */
export function letStatement(x: Context, node: ast.LetStatement): Statement | undefined {
  const type = node.type && resolveType(x, node.type);
  const operand = row(x, node.value);
  if (operand && 'effect' in operand) x.bag.report('T0314', node.value.span, { name: 'this call' });
  const value =
    !operand || 'effect' in operand ? undefined : type ? coerce(x, operand, type) : settle(x, operand)?.expression;
  if (!value?.type || (node.type && !type)) {
    x.declare(node.name, { kind: 'broken' });
    return undefined;
  }
  const rest = otherwise(x, value, node.otherwise, { type: value.type, name: node.name.text, leave: true });
  const variable = x.local(node.name, value.type, node.mutable);
  x.declare(node.name, { kind: 'variable', variable });
  return rest && { kind: 'declare', variable, value, ...rest, span: node.span };
}
