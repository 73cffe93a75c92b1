import type { Scalar } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { divide, isWhole, ONE, toF32 } from '../../rational.js';
import { conversion, sameDimension } from '../../units.js';
import type { Unit } from '../../units.js';
import { castValue, compute } from '../arithmetic.js';
import { constantOf, describe, isExact, typed, valueOf } from '../coerce.js';
import type { Operand, Typed, Untyped } from '../coerce.js';
import type { Context } from '../context.js';
import { inUnit } from '../exact.js';
import type { Value } from '../program.js';
import { resolveUnit } from '../typeref.js';
import { isInteger, rangeOf, scalarType, typeText } from '../types.js';
import type { ScalarType } from '../types.js';
import { expression } from './index.js';

/**
 * `x as m`: the same quantity in another scale. f32 is multiplied; integers are multiplied or divided by a whole
 * number.
 */
export function convert(x: Context, node: ast.Expression & { kind: 'convert' }): Operand | undefined {
  const operand = expression(x, node.operand);
  const unit = resolveUnit(x, node.unit);
  if (!operand || !unit) return undefined;
  const from = isExact(operand) ? operand.constant.unit : operand.type.unit;
  if (!sameDimension(from, unit)) {
    x.bag.report('T0330', node.span, {
      from: describe(operand),
      to: unit.text || 'a plain number',
      why: 'they measure different things; multiply or divide by a constant with a unit',
    });
    return undefined;
  }
  if (isExact(operand)) return { constant: inUnit(operand.constant, unit), span: node.span };
  return scale(x, node, operand, unit);
}

function scale(
  x: Context,
  node: ast.Expression & { kind: 'convert' },
  operand: Typed,
  unit: Unit,
): Operand | undefined {
  const { scalar } = operand.type;
  const type = scalarType(scalar, unit);
  const ratio = conversion(operand.type.unit, unit);
  const inverse = divide(ONE, ratio);
  const inner = operand.expression;
  const { span } = node;
  if (scalar === 'f32') return multiply(operand, type, '*', toF32(ratio), span);
  const whole = isWhole(ratio) ? ratio : isWhole(inverse) ? inverse : undefined;
  if (!isInteger(scalar) || !whole || whole.n > rangeOf(scalar).high.n) {
    x.bag.report(
      'T0330',
      span,
      { from: typeText(operand.type), to: typeText(type), why: 'the scale is no whole number that fits' },
      { fix: `go through f32: \`f32(…) as ${unit.text || '1'}\`` },
    );
    return undefined;
  }
  if (whole.n === 1n) return typed({ ...inner, type } as typeof inner, type);
  return multiply(operand, type, isWhole(ratio) ? '*' : '/', scalar === 'i64' ? whole.n : Number(whole.n), span);
}

function multiply(
  operand: Typed,
  type: ScalarType,
  operator: '*' | '/',
  factor: Value,
  span: ast.Expression['span'],
): Operand {
  const left = operand.expression;
  if (left.kind === 'const')
    return typed(constantOf(type, compute(operator, type.scalar, left.value, factor), span), type);
  return typed(
    { kind: 'binary', type, operator, left, right: constantOf(type, factor, span), failing: false, span },
    type,
  );
}

/** `f32(x)`, `u8(x)`: another scalar, the same unit. */
export function cast(x: Context, scalar: Scalar, operand: Operand, span: ast.Expression['span']): Operand | undefined {
  if (isExact(operand)) return castExact(x, scalar, operand, span);
  const type = scalarType(scalar, operand.type.unit);
  if (operand.type.scalar === scalar) return operand;
  if (scalar === 'bool' || (operand.type.scalar === 'bool' && scalar === 'f32')) {
    const fix = scalar === 'bool' ? 'compare it: `… != 0`' : 'go through an integer: `f32(u8(…))`';
    x.bag.report('T0330', span, { from: typeText(operand.type), to: scalar, why: 'a bool is no number' }, { fix });
    return undefined;
  }
  const inner = operand.expression;
  if (inner.kind === 'const')
    return typed(constantOf(type, castValue(operand.type.scalar, scalar, inner.value), span), type);
  return typed({ kind: 'cast', type, operand: inner, span }, type);
}

function castExact(x: Context, scalar: Scalar, operand: Untyped, span: ast.Expression['span']): Operand | undefined {
  const type = scalarType(scalar, operand.constant.unit);
  const value = valueOf(x, operand.constant, type, operand.span);
  return value === undefined ? undefined : typed(constantOf(type, value, span), type);
}
