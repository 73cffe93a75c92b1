/**
 * Ed25519 (RFC 8032) with the strictness that neither tweetnacl nor OpenSSL has alone: S below the group's order, no
 * point of small order, canonical encodings only, the equation without cofactor. Both engines stand behind the same
 * checks.
 */
import { createPrivateKey, createPublicKey, sign as nodeSign, verify as nodeVerify } from 'node:crypto';
import nacl from 'tweetnacl';
import type { ErrorName } from '../../hal/contract/index.js';
import { concat } from './cbor.js';

export const KEY_SIZE = 32;
export const SIGNATURE_SIZE = 64;

/** One implementation of the arithmetic; it may be lenient. */
export interface Engine {
  readonly name: string;
  sign(message: Uint8Array, seed: Uint8Array): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean;
}

/** tweetnacl: pure JavaScript, the reference. */
export const tweetnacl: Engine = {
  name: 'tweetnacl',
  sign: (message, seed) => nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(seed).secretKey),
  verify: (message, signature, key) => nacl.sign.detached.verify(message, signature, key),
};

/** What stands before the 32 bytes of a key in its DER form (RFC 8410). */
const PRIVATE_DER = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);
const PUBLIC_DER = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** node:crypto: a hundred times faster. */
export const openssl: Engine = {
  name: 'node:crypto',
  sign: (message, seed) => {
    const key = createPrivateKey({ key: Buffer.from(concat(PRIVATE_DER, seed)), format: 'der', type: 'pkcs8' });
    return new Uint8Array(nodeSign(null, message, key));
  },
  verify: (message, signature, key) => {
    const point = createPublicKey({ key: Buffer.from(concat(PUBLIC_DER, key)), format: 'der', type: 'spki' });
    return nodeVerify(null, message, point, signature);
  },
};

/** Public key of a 32-byte seed. */
export const publicKey = (seed: Uint8Array): Uint8Array => nacl.sign.keyPair.fromSeed(seed).publicKey;

export const sign = (message: Uint8Array, seed: Uint8Array, engine: Engine = openssl): Uint8Array =>
  engine.sign(message, seed);

const little = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const FIELD = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
/** y of the points of order 8; the other two are its negatives' and those of order 1, 2 and 4 are 1, -1 and 0. */
const ORDER_8 = little(
  Uint8Array.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'.match(/../g) ?? [], (byte) =>
    parseInt(byte, 16),
  ),
);
const SMALL: readonly bigint[] = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8];

/**
 * True for a point of small order and for a second spelling of any point: its y is taken modulo the field only if it is
 * below.
 */
export function isWeakPoint(bytes: Uint8Array): boolean {
  const y = little(bytes) & ((1n << 255n) - 1n);
  return y >= FIELD || SMALL.includes(y);
}

/** What is wrong with a signature; `undefined`: it is right. */
export function verify(
  message: Uint8Array,
  signature: Uint8Array,
  key: Uint8Array,
  engine: Engine = openssl,
): Extract<ErrorName, 'malleable' | 'small_order' | 'bad_signature'> | undefined {
  if (signature.length !== SIGNATURE_SIZE || key.length !== KEY_SIZE) return 'bad_signature';
  if (little(signature.subarray(32)) >= ORDER) return 'malleable';
  if (isWeakPoint(signature.subarray(0, 32)) || isWeakPoint(key)) return 'small_order';
  return engine.verify(message, signature, key) ? undefined : 'bad_signature';
}
