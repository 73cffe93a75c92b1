/**
 * Values of the language as the interpreter holds them: integers of up to 32 bits as numbers inside their type's range
 * (u32 without sign), bool as 0 or 1, f32 as rounded numbers, i64 as bigint.
 */
import type { Scalar } from '../../hal/contract/index.js';
import type { Operand } from '../model/index.js';

export type Value = number | bigint;

/**
 * An expected error inside an expression: a host call's error or a division by zero. Caught by the statement's `else`.
 */
export class Failure extends Error {}

/** Least and greatest value of the small integer types. */
const RANGES = {
  bool: [0, 1],
  i8: [-0x80, 0x7f],
  u8: [0, 0xff],
  i16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  i32: [-0x80000000, 0x7fffffff],
  u32: [0, 0xffffffff],
} as const;
const MIN_I64 = -(1n << 63n);
const MAX_I64 = (1n << 63n) - 1n;

export type Small = keyof typeof RANGES;

export function isSmall(scalar: Scalar): scalar is Small {
  return scalar in RANGES;
}

/** Bits of a small type. */
export function bitsOf(scalar: Small): number {
  return scalar === 'bool' ? 1 : Number(scalar.slice(1));
}

/** An exact integer brought into its type by wrapping. */
export function wrap(scalar: Scalar, exact: bigint): Value {
  if (scalar === 'i64') return BigInt.asIntN(64, exact);
  if (!isSmall(scalar)) throw new Error(`${scalar} does not wrap`);
  const bits = bitsOf(scalar);
  return Number(scalar.startsWith('i') ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact));
}

/** An exact integer brought into its type by saturating. */
export function saturate(scalar: Scalar, exact: bigint): Value {
  const [low, high] = isSmall(scalar) ? (RANGES[scalar].map(BigInt) as [bigint, bigint]) : [MIN_I64, MAX_I64];
  const limited = exact < low ? low : exact > high ? high : exact;
  return scalar === 'i64' ? limited : Number(limited);
}

/** To another scalar: integers wrap, f32 to integer saturates with NaN as 0, to f32 rounds to nearest even. */
export function cast(from: Scalar, to: Scalar, value: Value): Value {
  if (to === 'f32') return from === 'f32' ? value : roundToFloat(BigInt(value));
  if (from !== 'f32') return wrap(to, BigInt(value));
  const number = Number(value);
  if (Number.isNaN(number)) return to === 'i64' ? 0n : 0;
  if (!Number.isFinite(number)) return saturate(to, number < 0 ? MIN_I64 : MAX_I64);
  return saturate(to, BigInt(Math.trunc(number)));
}

/** Nearest f32. Beyond 53 bits a number would round twice, so the low bits become one sticky bit first. */
function roundToFloat(exact: bigint): number {
  if (exact === BigInt(Number(exact))) return Math.fround(Number(exact));
  const magnitude = exact < 0n ? -exact : exact;
  const sticky = (magnitude & 1023n) === 0n ? 0n : 1n;
  const rounded = Math.fround(Number((magnitude >> 10n) | sticky) * 1024);
  return exact < 0n ? -rounded : rounded;
}

/** The value as a Wasm module would hold it. */
export function toOperand(scalar: Scalar, value: Value): Operand {
  return isSmall(scalar) ? Number(value) | 0 : value;
}

/** The value of a scalar from what a host call or a global gives. */
export function fromOperand(scalar: Scalar, operand: Operand): Value {
  return scalar === 'f32' ? operand : wrap(scalar, BigInt(operand));
}
