/**
 * Signatures of every kind, right and wrong, the same in every run: what a verifier of Ed25519 is compared with others
 * over.
 */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { concat } from '../cbor.js';
import { sign } from '../ed25519.js';
import { fromHex } from '../ids.js';
import { add, decode, encode, FIELD, fromLittle, ORDER, type Point, toLittle } from './edwards.js';

export interface SignatureCase {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

const sha512 = (...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** OpenSSL's public key of a seed. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = Buffer.concat([fromHex('302e020100300506032b657004220420'), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32));
}

/** The secret number of a seed (RFC 8032, 5.1.5). */
const secretOf = (seed: Uint8Array): bigint =>
  (fromLittle(sha512(seed).subarray(0, 32)) & ((1n << 254n) - 8n)) | (1n << 254n);

/** The eight points of small order: multiples of one of order 8. */
const small: readonly Point[] = (() => {
  const generator = decode(fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));
  const points: Point[] = [{ x: 0n, y: 1n }];
  while (points.length < 8) points.push(add(points.at(-1) as Point, generator));
  return points;
})();

const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const out = bytes.slice();
  const at = (bit >> 3) % out.length;
  out[at] = (out[at] as number) ^ (1 << (bit & 7));
  return out;
};

/** A signature of an honest signer, with what forgeries are made of. */
interface Honest extends SignatureCase {
  readonly seed: Uint8Array;
  /** Random bytes for damage. */
  readonly noise: Uint8Array;
  /** A random number, 16 bits. */
  readonly number: number;
}

/** Another spelling of a small number: itself and p more; or a point of small order. */
function oddPoint(number: number): Uint8Array {
  const sign = BigInt(number & 1) << 255n;
  const kind = (number >> 1) % 3;
  if (kind === 0) return encode(small[(number >> 4) % 8] as Point);
  return toLittle((kind === 1 ? FIELD + BigInt((number >> 4) % 19) : FIELD - BigInt((number >> 4) % 19)) | sign);
}

/**
 * Signed as RFC 8032 says, but for key and R, which have a part of small order: it depends on the hash whether the
 * parts cancel.
 */
function mixed({ seed, noise, number, message }: Honest): SignatureCase {
  const withPart = (point: Uint8Array, part: number): Uint8Array =>
    part === 0 ? point : encode(add(decode(point), small[part] as Point));
  const nonceSeed = noise.subarray(0, 32);
  const key = withPart(publicKeyOf(seed), number & 7 || 4);
  const r = withPart(publicKeyOf(nonceSeed), (number >> 3) & (number & 64 ? 7 : 0));
  const h = fromLittle(sha512(r, key, message)) % ORDER;
  return { message, key, signature: concat(r, toLittle((secretOf(nonceSeed) + h * secretOf(seed)) % ORDER)) };
}

/** Each makes one kind of case; the first leaves it as it is. */
const kinds: readonly ((honest: Honest) => Partial<SignatureCase>)[] = [
  () => ({}),
  ({ signature, number }) => ({ signature: flip(signature, number % 512) }),
  ({ key, number }) => ({ key: flip(key, number % 256) }),
  ({ message, number }) => ({ message: message.length > 0 ? flip(message, number) : Uint8Array.of(number) }),
  ({ message }) => ({ message: Uint8Array.of(...message, 0) }),
  ({ signature }) => ({
    signature: concat(signature.subarray(0, 32), toLittle(fromLittle(signature.subarray(32)) + ORDER)),
  }),
  ({ noise }) => ({ key: publicKeyOf(noise.subarray(0, 32)) }),
  ({ signature, number }) => ({ signature: concat(oddPoint(number), signature.subarray(32)) }),
  ({ number }) => ({ key: oddPoint(number) }),
  ({ noise }) => ({ signature: concat(noise.subarray(0, 63), Uint8Array.of((noise[63] as number) & 0x0f)) }),
  mixed,
];

/** Case number `index`: kinds come in turn, messages have any length below 256. */
export function signatureCase(index: number): SignatureCase {
  const noise = sha512(`noise ${index}`);
  const bytes = sha512(`case ${index}`);
  const seed = bytes.subarray(0, 32);
  const message = concat(...[0, 1, 2, 3].map((part) => sha512(`message ${index} ${part}`))).subarray(0, bytes[32]);
  const number = ((bytes[33] as number) << 8) | (bytes[34] as number);
  const honest = { message, key: publicKeyOf(seed), signature: sign(message, seed), seed, noise, number };
  const change = kinds[index % kinds.length] as (typeof kinds)[number];
  return { message, key: honest.key, signature: honest.signature, ...change(honest) };
}
