/**
 * The curve of Ed25519 (RFC 8032, 5.1) in a few lines, for signatures that no honest signer makes. Slow, and not safe
 * for secrets.
 */
export const FIELD = (1n << 255n) - 19n;
export const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const fromLittle = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
export const toLittle = (number: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse());

const reduce = (number: bigint): bigint => ((number % FIELD) + FIELD) % FIELD;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = reduce(base); bits > 0n; bits >>= 1n, square = (square * square) % FIELD)
    if (bits & 1n) result = (result * square) % FIELD;
  return result;
}

const D = reduce(-121665n * power(121666n, FIELD - 2n));
const ROOT_OF_MINUS_1 = power(2n, (FIELD - 1n) / 4n);

/** Reads an encoded point that is on the curve. */
export function decode(encoded: Uint8Array): Point {
  const number = fromLittle(encoded);
  const y = number & ((1n << 255n) - 1n);
  const square = reduce((y * y - 1n) * power(D * y * y + 1n, FIELD - 2n));
  let x = power(square, (FIELD + 3n) / 8n);
  if (reduce(x * x) !== square) x = reduce(x * ROOT_OF_MINUS_1);
  if (reduce(x * x) !== square) throw new Error('not on the curve');
  return { x: (x & 1n) === number >> 255n ? x : reduce(-x), y };
}

export const encode = ({ x, y }: Point): Uint8Array => toLittle(y | ((x & 1n) << 255n));

export function add(a: Point, b: Point): Point {
  const product = reduce(D * reduce(a.x * b.x) * reduce(a.y * b.y));
  return {
    x: reduce((a.x * b.y + b.x * a.y) * power(1n + product, FIELD - 2n)),
    y: reduce((a.y * b.y + a.x * b.x) * power(1n - product, FIELD - 2n)),
  };
}
