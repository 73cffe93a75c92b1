import type * as ast from '../../parse/ast.js';
import { coerce, typed } from '../coerce.js';
import type { Operand } from '../coerce.js';
import type { Context } from '../context.js';
import { combineOperands } from '../expressions/binary.js';
import { expression, row } from '../expressions/index.js';
import type { Statement, Variable } from '../program.js';
import type { Meaning } from '../scope.js';
import { otherwise } from './otherwise.js';

const kinds: Readonly<Record<Meaning['kind'], string>> = {
  handle: 'handle',
  exact: 'constant',
  typed: 'constant',
  variable: 'value that does not change',
  fn: 'function',
  message: 'message',
  broken: '',
};

/** `x = value else …`, `x += value`. */
export function assign(x: Context, node: ast.AssignStatement): Statement | undefined {
  const variable = target(x, node.target);
  const operand = node.operator && variable ? compound(x, node, variable, node.operator) : row(x, node.value);
  if (operand && 'effect' in operand) {
    x.bag.report('T0314', node.value.span, { name: 'this call' });
    return undefined;
  }
  const value = variable && coerce(x, operand, variable.type);
  if (!value) return undefined;
  const rest = otherwise(x, value, node.otherwise, { type: variable.type, name: variable.name, leave: false });
  return rest && { kind: 'assign', variable, value, ...rest, span: node.span };
}

/** `x op= value` is `x = x op value`. */
function compound(
  x: Context,
  node: ast.AssignStatement,
  variable: Variable,
  operator: ast.BinaryOperator,
): Operand | undefined {
  const right = expression(x, node.value);
  const left = typed({ kind: 'variable', type: variable.type, variable, span: node.target.span }, variable.type);
  const at = { start: node.target.span.end, end: node.value.span.start };
  return right && combineOperands(x, { operator, at, span: node.span }, left, right);
}

function target(x: Context, name: ast.Name): Variable | undefined {
  const entry = x.resolve(name);
  if (!entry) return undefined;
  const { meaning } = entry;
  if (meaning.kind === 'variable' && meaning.variable.mutable) return meaning.variable;
  const param = meaning.kind === 'variable' && meaning.variable.param;
  const extra = { notes: [{ span: entry.span, text: 'declared here' }], ...fix(meaning, param) };
  x.bag.report('T0221', name.span, { name: name.text, found: param ? 'parameter' : kinds[meaning.kind] }, extra);
  return undefined;
}

function fix(meaning: Meaning, param: boolean): { fix?: string } {
  if (param) return { fix: 'keep the changed value in a `var`' };
  switch (meaning.kind) {
    case 'handle':
      return {
        fix: meaning.handle.kind === 'gpio.out' ? `write \`${meaning.handle.name}.set(…)\`` : 'call one of its methods',
      };
    case 'variable':
      return { fix: 'declare it with `var`, or keep the changed value in one' };
    case 'exact':
    case 'typed':
      return { fix: 'declare it with `var`' };
    case 'fn':
    case 'message':
    case 'broken':
      return {};
  }
}
