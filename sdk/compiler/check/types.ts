import type { Scalar } from '../../../hal/contract/index.js';
import { typeWords } from '../parse/words.js';
import type { Rational } from '../rational.js';
import { rational } from '../rational.js';
import { MICROSECOND, PLAIN, sameUnit, unit } from '../units.js';
import type { Unit } from '../units.js';

/**
 * Type of a value that exists at run time: a union by `kind`, with one member today.
 *
 * An enum (names with numbers), a struct (fields with types), an array (type of its elements, length), a view of a
 * register (fields with their bits) or a fixed-point number (bits before and behind the point, unit) becomes an
 * interface with a `kind` of its own and a member here. What only holds for scalars takes a `ScalarType`, so that the
 * type checker then lists every place that has to say what it does with the new member: equality and text in this file,
 * operators and casts in expressions/, the hash of a variable, the slot that holds one in lower/, and the interpreter's
 * values.
 */
export type Type = ScalarType;

/** A number or bool. `duration` is i64 with the unit us. */
export interface ScalarType {
  readonly kind: 'scalar';
  readonly scalar: Scalar;
  readonly unit: Unit;
}

export const scalarType = (scalar: Scalar, unit: Unit = PLAIN): ScalarType => ({ kind: 'scalar', scalar, unit });

/** The scalars by the words that name them; `duration` names an i64 with a unit. */
export const scalars: readonly Scalar[] = typeWords.filter((word) => word !== 'duration');
export const BOOL: ScalarType = scalarType('bool');
/** `duration`. */
export const DURATION: ScalarType = scalarType('i64', MICROSECOND);

/** A type of the contract; an i64 there is always in microseconds. */
export function contractType(scalar: Scalar, name?: string): ScalarType {
  if (name === undefined && scalar === 'i64') return DURATION;
  return scalarType(scalar, name === undefined ? PLAIN : unit(name));
}

export const isInteger = (scalar: Scalar): boolean => scalar !== 'bool' && scalar !== 'f32';
export const isSigned = (scalar: Scalar): boolean => scalar.startsWith('i');
/** Bits of the type's range; 1 for bool. */
export const width = (scalar: Scalar): number => (scalar === 'bool' ? 1 : Number(scalar.slice(1)));

export function sameType(a: Type, b: Type): boolean {
  switch (a.kind) {
    case 'scalar':
      return b.kind === 'scalar' && a.scalar === b.scalar && sameUnit(a.unit, b.unit);
  }
}

/** Smallest and largest value of an integer type or bool. */
export function rangeOf(scalar: Scalar): { low: Rational; high: Rational } {
  const bits = BigInt(width(scalar));
  return isSigned(scalar)
    ? { low: rational(-(1n << (bits - 1n))), high: rational((1n << (bits - 1n)) - 1n) }
    : { low: rational(0n), high: rational((1n << bits) - 1n) };
}

/** The type as a source writes it. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'scalar': {
      const { scalar, unit } = type;
      if (scalar === 'i64' && unit.text === 'us') return 'duration';
      return unit.text ? `${scalar} ${unit.text}` : scalar;
    }
  }
}
