import type { Scalar } from '../../../hal/contract/index.js';
import { typeWords } from '../parse/words.js';
import type { Rational } from '../rational.js';
import { rational } from '../rational.js';
import { PLAIN, sameUnit } from '../units.js';
import type { Unit } from '../units.js';

/** Type of a value that exists at run time. `duration` is i64 with the unit us. */
export interface Type {
  readonly scalar: Scalar;
  readonly unit: Unit;
}

/** The scalars by the words that name them; `duration` names an i64 with a unit. */
export const scalars: readonly Scalar[] = typeWords.filter((word) => word !== 'duration');
export const BOOL: Type = { scalar: 'bool', unit: PLAIN };

export const isInteger = (scalar: Scalar): boolean => scalar !== 'bool' && scalar !== 'f32';
export const isSigned = (scalar: Scalar): boolean => scalar.startsWith('i');
/** Bits of the type's range; 1 for bool. */
export const width = (scalar: Scalar): number => (scalar === 'bool' ? 1 : Number(scalar.slice(1)));
export const sameType = (a: Type, b: Type): boolean => a.scalar === b.scalar && sameUnit(a.unit, b.unit);

/** Smallest and largest value of an integer type or bool. */
export function rangeOf(scalar: Scalar): { low: Rational; high: Rational } {
  const bits = BigInt(width(scalar));
  return isSigned(scalar)
    ? { low: rational(-(1n << (bits - 1n))), high: rational((1n << (bits - 1n)) - 1n) }
    : { low: rational(0n), high: rational((1n << bits) - 1n) };
}

/** As it is written in a source. */
export const typeText = (type: Type): string =>
  type.scalar === 'i64' && type.unit.text === 'us'
    ? 'duration'
    : type.unit.text
      ? `${type.scalar} ${type.unit.text}`
      : type.scalar;
