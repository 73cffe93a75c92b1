import type { Scalar } from '../../../hal/contract/index.js';
import type { BinaryOperator } from '../parse/ast.js';
import { rational, toF32 } from '../rational.js';
import type { Value } from './program.js';
import { isSigned, rangeOf, width } from './types.js';

/** The language's arithmetic on constants that already have a type. */

/** `value` cut to the width of an integer type, as two's complement. */
export function wrap(scalar: Scalar, value: bigint): Value {
  const bits = width(scalar);
  return pack(scalar, isSigned(scalar) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}

const pack = (scalar: Scalar, value: bigint): Value => (scalar === 'i64' ? value : Number(value));

/** `value` moved into the range of an integer type. */
function saturate(scalar: Scalar, value: bigint): Value {
  const { low, high } = rangeOf(scalar);
  return pack(scalar, value < low.n ? low.n : value > high.n ? high.n : value);
}

const comparisons: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '&&': (a, b) => a !== 0 && b !== 0,
  '||': (a, b) => a !== 0 || b !== 0,
};

const integers: Readonly<Record<string, (a: bigint, b: bigint, bits: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b, bits) => a << (b % bits),
  '>>': (a, b, bits) => a >> (b % bits),
};

const floats: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** The value of a binary operation on two constants of `scalar`; the divisor of `/` and `%` is not 0. */
export function compute(operator: BinaryOperator, scalar: Scalar, a: Value, b: Value): Value {
  const compares = comparisons[operator];
  if (compares) return compares(a, b) ? 1 : 0;
  if (scalar === 'f32')
    return Math.fround((floats[operator] as (a: number, b: number) => number)(Number(a), Number(b)));
  if (operator === '+|') return saturate(scalar, BigInt(a) + BigInt(b));
  if (operator === '-|') return saturate(scalar, BigInt(a) - BigInt(b));
  const whole = integers[operator];
  if (!whole) throw new Error(`no constant ${operator}`);
  return wrap(scalar, whole(BigInt(a), BigInt(b), BigInt(scalar === 'bool' ? 32 : width(scalar))));
}

/** The value of a cast between two scalars. */
export function castValue(from: Scalar, to: Scalar, value: Value): Value {
  if (to === 'f32') return from === 'f32' ? value : toF32(rational(BigInt(value)));
  if (from !== 'f32') return wrap(to, BigInt(value));
  const float = Number(value);
  if (Number.isNaN(float)) return wrap(to, 0n);
  const { low, high } = rangeOf(to);
  if (float <= Number(low.n)) return pack(to, low.n);
  if (float >= Number(high.n)) return pack(to, high.n);
  return pack(to, BigInt(Math.trunc(float)));
}
