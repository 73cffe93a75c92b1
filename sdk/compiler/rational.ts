/** Exact numbers: constants of the language keep their value until they take a type. Always reduced, `d` > 0. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** The fraction n/d in lowest terms; `d` must not be 0. */
export function rational(n: bigint, d = 1n): Rational {
  if (d === 1n) return { n, d };
  const g = gcd(n, d);
  return d < 0n ? { n: -n / g, d: -d / g } : { n: n / g, d: d / g };
}

export const ONE = rational(1n);
export const ZERO = rational(0n);

export const add = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
/** a / b; `b` must not be 0. */
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
/** Numerator and denominator have fewer bits than `most`. */
export const isShort = (a: Rational, most: bigint): boolean =>
  a.d >> most === 0n && (a.n < 0n ? -a.n : a.n) >> most === 0n;
export const isWhole = (a: Rational): boolean => a.d === 1n;

/** Negative, zero or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): number {
  const left = a.n * b.d;
  const right = b.n * a.d;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `12`, `0.25`, `1e-3` as written, without sign, unit or underscores. */
export function parseDecimal(text: string): Rational {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power));
}

const bits = (value: bigint): number => value.toString(2).length;

/** The nearest f32, ties to even; infinite if it is too large. */
export function toF32(value: Rational): number {
  if (value.n === 0n) return 0;
  const sign = value.n < 0n ? -1 : 1;
  const n = value.n < 0n ? -value.n : value.n;
  // Scale so that the quotient has 24 or 25 bits; below the normal range the last bit stands for 2^-149.
  let shift = Math.max(bits(n) - bits(value.d) - 24, -149);
  const scaled = (by: number): [bigint, bigint] => (by >= 0 ? [n, value.d << BigInt(by)] : [n << BigInt(-by), value.d]);
  let [top, bottom] = scaled(shift);
  if (top / bottom >= 1n << 24n) [top, bottom] = scaled(++shift);
  let quotient = top / bottom;
  const rest = (top % bottom) * 2n;
  if (rest > bottom || (rest === bottom && quotient & 1n)) quotient++;
  return Math.fround(sign * Number(quotient) * 2 ** shift);
}

/** As a person would write it: whole, decimal if it ends within 9 places, otherwise rounded. */
export function format(value: Rational): string {
  if (isWhole(value)) return String(value.n);
  return String(Number((Number(value.n) / Number(value.d)).toPrecision(9)));
}
