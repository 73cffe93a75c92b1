import * as exact from '../rational.js';
import type { Rational } from '../rational.js';
import { combine, conversion, PLAIN } from '../units.js';
import type { Unit } from '../units.js';

/** A constant that has no type yet: an exact number with a unit. It takes the form of the place where it is used. */
export interface Exact {
  readonly value: Rational;
  readonly unit: Unit;
  /** Written with a point: without another hint it becomes an f32. */
  readonly decimal: boolean;
}

/** A plain number stays one even if its units cancelled at different scales: 10ms * 5Hz is 0.05. */
export function simplify(constant: Exact): Exact {
  if (constant.unit.dimension !== '' || constant.unit.text === '') return constant;
  const value = exact.multiply(constant.value, constant.unit.scale);
  return { value, unit: PLAIN, decimal: constant.decimal || !exact.isWhole(value) };
}

/** The same quantity in another unit of its dimension. */
export function inUnit(constant: Exact, unit: Unit): Exact {
  return { ...constant, value: exact.multiply(constant.value, conversion(constant.unit, unit)), unit };
}

/** The finer of two units of one dimension: whole numbers stay whole in it. */
const finer = (a: Unit, b: Unit): Unit => (exact.compare(a.scale, b.scale) <= 0 ? a : b);

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const additive: Readonly<Record<string, (a: Rational, b: Rational) => Rational>> = {
  '+': exact.add,
  '-': exact.subtract,
};

const bitwise: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '%': (a, b) => a % b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
};

/** Why two constants can't be combined. */
export type Refusal = 'dimension' | 'zero' | 'whole' | 'operator' | 'size';

/** Largest shift of a constant: keeps `1 << 1000000` from taking the compiler's memory. */
const MAX_BITS = 128n;
/** Longest constant in bits, far beyond f32: keeps squares of squares from taking the compiler's time. */
const MAX_SIZE = 1000n;

/** Computes exactly. A comparison gives a boolean. */
export function fold(operator: string, a: Exact, b: Exact): Exact | boolean | Refusal {
  const result = foldAny(operator, a, b);
  return typeof result === 'object' && !exact.isShort(result.value, MAX_SIZE) ? 'size' : result;
}

function foldAny(operator: string, a: Exact, b: Exact): Exact | boolean | Refusal {
  const decimal = a.decimal || b.decimal;
  if (operator === '*')
    return simplify({ value: exact.multiply(a.value, b.value), unit: combine(a.unit, b.unit, 1), decimal });
  if (operator === '/') {
    if (b.value.n === 0n) return 'zero';
    const value = exact.divide(a.value, b.value);
    return simplify({ value, unit: combine(a.unit, b.unit, -1), decimal: decimal || !exact.isWhole(value) });
  }
  if (a.unit.dimension !== b.unit.dimension) return 'dimension';
  const unit = finer(a.unit, b.unit);
  const left = inUnit(a, unit).value;
  const right = inUnit(b, unit).value;
  const compares = comparisons[operator];
  if (compares) return compares(exact.compare(left, right));
  const adds = additive[operator];
  if (adds) return { value: adds(left, right), unit, decimal };
  return foldBits(operator, left, right, unit);
}

function foldBits(operator: string, left: Rational, right: Rational, unit: Unit): Exact | Refusal {
  const compute = bitwise[operator];
  if (!compute) return 'operator';
  if (!exact.isWhole(left) || !exact.isWhole(right)) return 'whole';
  if (operator === '%' && right.n === 0n) return 'zero';
  const shift = operator === '<<' || operator === '>>';
  if (shift && (right.n < 0n || right.n > MAX_BITS)) return 'operator';
  return { value: exact.rational(compute(left.n, right.n)), unit, decimal: false };
}

/** As written: `20ms`, `0.5`. */
export const exactText = (constant: Exact): string => exact.format(constant.value) + constant.unit.text;
