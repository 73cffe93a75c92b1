import { compare, divide, format, isWhole, ONE, rational, toF32 } from '../rational.js';
import type { Span } from '../span.js';
import { combine, MICROSECOND, PLAIN, sameDimension, sameUnit } from '../units.js';
import type { Context } from './context.js';
import { exactText, inUnit } from './exact.js';
import type { Exact } from './exact.js';
import type { Expression, Value } from './program.js';
import { DURATION, rangeOf, sameType, scalarType, typeText } from './types.js';
import type { Type } from './types.js';

/** What checking an expression gives: a constant without a type yet, or something with a type. */
export type Operand = Untyped | Typed;
export interface Untyped {
  readonly constant: Exact;
  readonly span: Span;
}
export interface Typed {
  readonly expression: Expression;
  readonly type: Type;
}
/** A call without a result. */
export interface Effect {
  readonly effect: Expression;
}

export const isExact = (operand: Operand): operand is Untyped => 'constant' in operand;
export const spanOf = (operand: Operand): Span => (isExact(operand) ? operand.span : operand.expression.span);
export const typed = (expression: Expression, type: Type): Typed => ({ expression, type });
export const constantOf = (type: Type, value: Value, span: Span): Expression & { kind: 'const' } => ({
  kind: 'const',
  type,
  value,
  span,
});

/** The operand in the words of a diagnostic: `i32 us`, `the constant 5ms`. */
export const describe = (operand: Operand): string =>
  isExact(operand) ? exactText(operand.constant) : typeText(operand.type);

/** Gives `operand` the type, or reports why it can't have it. */
export function coerce(x: Context, operand: Operand | undefined, type: Type): Expression | undefined {
  if (!operand) return undefined;
  if (isExact(operand)) {
    const value = valueOf(x, operand.constant, type, operand.span);
    return value === undefined ? undefined : constantOf(type, value, operand.span);
  }
  if (sameType(operand.type, type)) return operand.expression;
  reportMismatch(x, operand, type);
  return undefined;
}

function reportMismatch(x: Context, operand: Typed, type: Type): void {
  const { span } = operand.expression;
  const found = typeText(operand.type);
  const values = { wanted: typeText(type), found };
  const cast = `${type.scalar}(…)`;
  if (sameUnit(operand.type.unit, type.unit)) {
    const possible = type.scalar !== 'bool';
    x.bag.report(
      'T0303',
      span,
      values,
      possible ? { fix: `convert it: \`${cast}\`` } : { fix: 'compare it: `… != 0`' },
    );
  } else if (sameDimension(operand.type.unit, type.unit)) {
    x.bag.report('T0303', span, values, { fix: `convert it: \`… as ${type.unit.text || '1'}\`` });
  } else x.bag.report('T0303', span, values);
}

/** The constant in the form of the type, or nothing after a report. */
export function valueOf(x: Context, constant: Exact, type: Type, span: Span): Value | undefined {
  if (type.scalar === 'bool') {
    x.bag.report('T0303', span, { wanted: 'bool', found: exactText(constant) }, { fix: 'write `true` or `false`' });
    return undefined;
  }
  if (!sameDimension(constant.unit, type.unit)) {
    reportUnit(x, constant, type, span);
    return undefined;
  }
  const { value } = inUnit(constant, type.unit);
  if (type.scalar === 'f32') {
    const float = toF32(value);
    if (Number.isFinite(float)) return float;
    x.bag.report('T0304', span, { value: exactText(constant), type: 'f32', low: '-3.4e38', high: '3.4e38' });
    return undefined;
  }
  if (!isWhole(value)) {
    const fix = sameUnit(constant.unit, type.unit) ? {} : { fix: `it would be ${format(value)}${type.unit.text}` };
    x.bag.report('T0305', span, { value: exactText(constant), type: typeText(type) }, fix);
    return undefined;
  }
  const { low, high } = rangeOf(type.scalar);
  if (compare(value, low) >= 0 && compare(value, high) <= 0) return type.scalar === 'i64' ? value.n : Number(value.n);
  const text = (limit: bigint): string => `${limit}${type.unit.text}`;
  x.bag.report('T0304', span, {
    value: exactText(constant),
    type: typeText(type),
    low: text(low.n),
    high: text(high.n),
  });
  return undefined;
}

function reportUnit(x: Context, constant: Exact, type: Type, span: Span): void {
  const simple = Object.keys(type.unit.factors).length === 1 && /^[A-Za-z]+$/.test(type.unit.text);
  if (constant.unit.text !== '') {
    x.bag.report('T0303', span, { wanted: typeText(type), found: exactText(constant) }, periodHint(constant, type));
  } else if (simple) {
    // Without a hint, a time is more often meant in ms than in the us that it is kept in.
    const unit = type.scalar === 'i64' && type.unit.text === 'us' ? 'ms' : type.unit.text;
    x.bag.report(
      'T0317',
      span,
      { wanted: typeText(type), value: format(constant.value), unit },
      { edit: { span: { start: span.end, end: span.end }, text: unit } },
    );
  } else x.bag.report('T0303', span, { wanted: typeText(type), found: exactText(constant) });
}

/** A frequency where a time is wanted: its period. */
function periodHint(constant: Exact, type: Type): { fix?: string } {
  const inverse =
    constant.value.n === 0n
      ? undefined
      : { value: divide(ONE, constant.value), unit: combine(PLAIN, constant.unit, -1), decimal: false };
  if (!inverse || !sameDimension(inverse.unit, type.unit) || constant.unit.dimension === type.unit.dimension) return {};
  const us = inUnit(inverse, MICROSECOND).value;
  const ms = divide(us, rational(1000n));
  return { fix: `its period is \`${isWhole(ms) ? `${format(ms)}ms` : `${format(us)}us`}\`` };
}

/** The type that a constant takes where nothing says another: i32, f32 if written with a point, duration for a time. */
export function defaultType(constant: Exact): Type {
  if (sameDimension(constant.unit, MICROSECOND)) return DURATION;
  return scalarType(constant.decimal ? 'f32' : 'i32', constant.unit);
}

/** Gives `operand` its own type, or the default one. */
export function settle(x: Context, operand: Operand | undefined): Typed | undefined {
  if (!operand || !isExact(operand)) return operand;
  const type = defaultType(operand.constant);
  const value = valueOf(x, operand.constant, type, operand.span);
  return value === undefined ? undefined : typed(constantOf(type, value, operand.span), type);
}
