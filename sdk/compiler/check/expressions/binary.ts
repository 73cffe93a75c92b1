import type * as ast from '../../parse/ast.js';
import { combine, highPower, likeUnit, sameDimension, sameUnit } from '../../units.js';
import { compute } from '../arithmetic.js';
import { coerce, constantOf, describe, isExact, typed, valueOf } from '../coerce.js';
import type { Operand, Typed } from '../coerce.js';
import type { Context } from '../context.js';
import { exactText, fold } from '../exact.js';
import type { Exact } from '../exact.js';
import { BOOL, isInteger, isSigned, sameType, scalarType, typeText, width } from '../types.js';
import type { Type } from '../types.js';
import { expression } from './index.js';

type Binary = ast.Expression & { kind: 'binary' };

/** What an operator takes: `order` anything with an order, `equal` also bool, `number` also f32, `bits` also bool. */
const classes: Readonly<
  Record<ast.BinaryOperator, 'number' | 'product' | 'integer' | 'shift' | 'bits' | 'equal' | 'order' | 'logic'>
> = {
  '+': 'number',
  '-': 'number',
  '*': 'product',
  '/': 'product',
  '%': 'integer',
  '+|': 'integer',
  '-|': 'integer',
  '<<': 'shift',
  '>>': 'shift',
  '&': 'bits',
  '|': 'bits',
  '^': 'bits',
  '==': 'equal',
  '!=': 'equal',
  '<': 'order',
  '<=': 'order',
  '>': 'order',
  '>=': 'order',
  '&&': 'logic',
  '||': 'logic',
};

const needs = {
  number: 'it needs numbers',
  product: 'it needs numbers',
  integer: 'it needs integers',
  shift: 'it shifts an integer by an unsigned number',
  bits: 'it needs integers or bools',
  equal: 'it needs numbers or bools',
  order: 'it needs numbers',
  logic: 'it needs bools',
} as const;

/** Any operation with two operands. */
export function binary(x: Context, node: Binary): Operand | undefined {
  const left = expression(x, node.left);
  const right = expression(x, node.right);
  if (!left || !right) return undefined;
  return combineOperands(x, node, left, right);
}

/** The same for operands that are checked already; compound assignment uses it. */
export function combineOperands(
  x: Context,
  node: Pick<Binary, 'operator' | 'at' | 'span'>,
  left: Operand,
  right: Operand,
): Operand | undefined {
  if (classes[node.operator] === 'product' && ![left, right].every((each) => smallPowers(x, node, each)))
    return undefined;
  if (isExact(left) && isExact(right)) return foldExact(x, node, left.constant, right.constant, right.span);
  const kind = classes[node.operator];
  if (kind === 'shift') return shift(x, node, left, right);
  const pair = kind === 'product' ? product(x, node, left, right) : sameTypes(x, node, left, right);
  if (!pair) return undefined;
  const { scalar } = pair.left.type;
  if (!accepts(kind, scalar)) {
    x.bag.report('T0306', node.span, { operator: node.operator, type: typeText(pair.left.type), needs: needs[kind] });
    return undefined;
  }
  const compares = kind === 'equal' || kind === 'order' || kind === 'logic';
  return build(x, node, pair.left, pair.right, compares ? BOOL : scalarType(scalar, pair.unit));
}

/** Reports a unit that may not be multiplied on. */
function smallPowers(x: Context, node: Pick<Binary, 'span'>, operand: Operand): boolean {
  const high = highPower(isExact(operand) ? operand.constant.unit : operand.type.unit);
  if (high !== undefined) x.bag.report('T0108', node.span, { power: high });
  return high === undefined;
}

const accepts = (kind: keyof typeof needs, scalar: Type['scalar']): boolean => {
  if (kind === 'logic') return scalar === 'bool';
  if (kind === 'equal') return true;
  if (kind === 'bits') return scalar !== 'f32';
  return isInteger(scalar) || (scalar === 'f32' && kind !== 'integer');
};

function foldExact(
  x: Context,
  node: Pick<Binary, 'operator' | 'at' | 'span'>,
  a: Exact,
  b: Exact,
  divisor: Binary['span'],
): Operand | undefined {
  const result = fold(node.operator, a, b);
  if (typeof result === 'boolean') return typed(constantOf(BOOL, result ? 1 : 0, node.span), BOOL);
  if (typeof result === 'object') return { constant: result, span: node.span };
  const { operator } = node;
  if (result === 'zero') x.bag.report('T0308', divisor);
  else if (result === 'dimension')
    x.bag.report(
      'T0302',
      node.span,
      { operator, left: exactText(a), right: exactText(b) },
      { notes: [{ span: node.at, text: 'in this operation' }] },
    );
  else if (result === 'size')
    x.bag.report('T0306', node.span, {
      operator,
      type: 'constants as long as these',
      needs: 'the exact result would have more than 1000 bits',
    });
  else
    x.bag.report('T0306', node.span, {
      operator,
      type: `${exactText(a)} and ${exactText(b)}`,
      needs: result === 'whole' ? 'it needs whole numbers' : needs[classes[operator]],
    });
  return undefined;
}

interface Pair {
  readonly left: Typed;
  readonly right: Typed;
  /** Unit of the result. */
  readonly unit: Type['unit'];
}

/** Both operands with one type: a constant takes that of the other. */
function sameTypes(
  x: Context,
  node: Pick<Binary, 'operator' | 'span'>,
  left: Operand,
  right: Operand,
): Pair | undefined {
  const type = isExact(left) ? (right as Typed).type : left.type;
  const report = (code: 'T0301' | 'T0302', fix?: string): undefined => {
    x.bag.report(
      code,
      node.span,
      { operator: node.operator, left: describe(left), right: describe(right) },
      fix === undefined ? {} : { fix },
    );
  };
  for (const operand of [left, right]) {
    if (isExact(operand) && !sameDimension(operand.constant.unit, type.unit) && operand.constant.unit.text !== '')
      return report('T0302');
  }
  if (!isExact(left) && !isExact(right) && !sameType(left.type, right.type)) {
    if (!sameDimension(left.type.unit, right.type.unit)) return report('T0302');
    if (!sameUnit(left.type.unit, right.type.unit))
      return report('T0302', `convert one: \`… as ${left.type.unit.text || '1'}\``);
    const bool = left.type.scalar === 'bool' || right.type.scalar === 'bool';
    return report(
      'T0301',
      bool ? 'compare the number: `… != 0`' : `convert one: \`${wider(left.type, right.type)}(…)\``,
    );
  }
  const a = coerce(x, left, type);
  const b = coerce(x, right, type);
  return a && b && { left: typed(a, type), right: typed(b, type), unit: type.unit };
}

/** The scalar that both should be cast to. */
function wider(a: Type, b: Type): string {
  if (a.scalar === 'f32' || b.scalar === 'f32') return 'f32';
  return width(a.scalar) >= width(b.scalar) ? a.scalar : b.scalar;
}

/**
 * Operands of `*` and `/`: the same scalar, any units; a constant takes the scale of the other's units, so that `t /
 * 1ms` is a plain number.
 */
function product(x: Context, node: Pick<Binary, 'operator' | 'span'>, left: Operand, right: Operand): Pair | undefined {
  const { scalar, unit } = isExact(left) ? (right as Typed).type : left.type;
  const give = (operand: Operand): Typed | undefined => {
    if (!isExact(operand)) return operand;
    const type = scalarType(scalar, likeUnit(operand.constant.unit, unit));
    const value = valueOf(x, operand.constant, type, operand.span);
    return value === undefined ? undefined : typed(constantOf(type, value, operand.span), type);
  };
  const a = give(left);
  const b = give(right);
  if (!a || !b) return undefined;
  if (a.type.scalar !== b.type.scalar) {
    const values = { operator: node.operator, left: typeText(a.type), right: typeText(b.type) };
    x.bag.report('T0301', node.span, values, { fix: `convert one: \`${wider(a.type, b.type)}(…)\`` });
    return undefined;
  }
  return { left: a, right: b, unit: combine(a.type.unit, b.type.unit, node.operator === '*' ? 1 : -1) };
}

/** `a << b`: the count is a constant below the width, or unsigned. */
function shift(
  x: Context,
  node: Pick<Binary, 'operator' | 'at' | 'span'>,
  left: Operand,
  right: Operand,
): Operand | undefined {
  const refuse = (type: string): undefined => {
    x.bag.report('T0306', node.span, { operator: node.operator, type, needs: needs.shift });
  };
  if (isExact(left)) return refuse(`the constant ${exactText(left.constant)} without a type`);
  if (!isInteger(left.type.scalar)) return refuse(typeText(left.type));
  if (!isExact(right)) {
    const count = right.type.scalar;
    if (!isInteger(count) || isSigned(count) || right.type.unit.text !== '')
      return refuse(`a count of the type ${typeText(right.type)}`);
    return build(x, node, left, right, left.type);
  }
  const type = scalarType(left.type.scalar === 'i64' ? 'i64' : 'i32');
  const value = valueOf(x, right.constant, type, right.span);
  if (value === undefined) return undefined;
  if (value < 0 || value >= width(left.type.scalar)) {
    x.bag.report('T0304', right.span, {
      value: String(value),
      type: `a shift of ${left.type.scalar}`,
      low: 0,
      high: width(left.type.scalar) - 1,
    });
    return undefined;
  }
  return build(x, node, left, typed(constantOf(type, value, right.span), type), left.type);
}

function build(
  x: Context,
  node: Pick<Binary, 'operator' | 'span'>,
  left: Typed,
  right: Typed,
  type: Type,
): Operand | undefined {
  const { operator, span } = node;
  const a = left.expression;
  const b = right.expression;
  const divides = (operator === '/' || operator === '%') && isInteger(left.type.scalar);
  if (divides && b.kind === 'const' && Number(b.value) === 0) {
    x.bag.report('T0308', b.span);
    return undefined;
  }
  if (a.kind === 'const' && b.kind === 'const')
    return typed(constantOf(type, compute(operator, left.type.scalar, a.value, b.value), span), type);
  return typed(
    { kind: 'binary', type, operator, left: a, right: b, failing: divides && b.kind !== 'const', span },
    type,
  );
}
