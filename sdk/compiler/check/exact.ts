import type { BinaryOperator } from '../parse/ast.js';
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

const comparisons = {
  '==': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

const bitwise = {
  '&': (a: bigint, b: bigint) => a & b,
  '|': (a: bigint, b: bigint) => a | b,
  '^': (a: bigint, b: bigint) => a ^ b,
  '%': (a: bigint, b: bigint) => a % b,
  '<<': (a: bigint, b: bigint) => a << b,
  '>>': (a: bigint, b: bigint) => a >> b,
} as const;

/** Why two constants can't be combined. */
export type Refusal = 'dimension' | 'zero' | 'whole' | 'operator' | 'size';

/** Largest shift of a constant: keeps `1 << 1000000` from taking the compiler's memory. */
const MAX_BITS = 128n;
/** Longest constant in bits, far beyond f32: keeps squares of squares from taking the compiler's time. */
const MAX_SIZE = 1000n;

/** Computes exactly. A comparison gives a boolean. */
export function fold(operator: BinaryOperator, a: Exact, b: Exact): Exact | boolean | Refusal {
  const result = foldAny(operator, a, b);
  return typeof result === 'object' && !exact.isShort(result.value, MAX_SIZE) ? 'size' : result;
}

function foldAny(operator: BinaryOperator, a: Exact, b: Exact): Exact | boolean | Refusal {
  const decimal = a.decimal || b.decimal;
  switch (operator) {
    case '*':
      return simplify({ value: exact.multiply(a.value, b.value), unit: combine(a.unit, b.unit, 1), decimal });
    case '/': {
      if (b.value.n === 0n) return 'zero';
      const value = exact.divide(a.value, b.value);
      return simplify({ value, unit: combine(a.unit, b.unit, -1), decimal: decimal || !exact.isWhole(value) });
    }
    case '+':
    case '-': {
      const adds = operator === '+' ? exact.add : exact.subtract;
      return alike(a, b, (left, right, unit) => ({ value: adds(left, right), unit, decimal }));
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return alike(a, b, (left, right) => comparisons[operator](exact.compare(left, right)));
    case '&':
    case '|':
    case '^':
    case '%':
    case '<<':
    case '>>':
      return alike(a, b, (left, right, unit) => foldBits(operator, left, right, unit));
    case '+|':
    case '-|':
    case '&&':
    case '||':
      return alike(a, b, () => 'operator');
  }
}

/** Combines two constants of one dimension, both in the finer one of their units. */
function alike<T>(a: Exact, b: Exact, compute: (left: Rational, right: Rational, unit: Unit) => T): T | 'dimension' {
  if (a.unit.dimension !== b.unit.dimension) return 'dimension';
  const unit = finer(a.unit, b.unit);
  return compute(inUnit(a, unit).value, inUnit(b, unit).value, unit);
}

function foldBits(operator: keyof typeof bitwise, left: Rational, right: Rational, unit: Unit): Exact | Refusal {
  if (!exact.isWhole(left) || !exact.isWhole(right)) return 'whole';
  if (operator === '%' && right.n === 0n) return 'zero';
  const shift = operator === '<<' || operator === '>>';
  if (shift && (right.n < 0n || right.n > MAX_BITS)) return 'operator';
  return { value: exact.rational(bitwise[operator](left.n, right.n)), unit, decimal: false };
}

/** The constant as a source writes it: `20ms`, `0.5`. */
export const exactText = (constant: Exact): string => exact.format(constant.value) + constant.unit.text;
