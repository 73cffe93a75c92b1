/** Identifiers: UUIDs of version 8 by SHA-256 from a name space and a name (RFC 9562, appendix B.2), and digests. */
import { createHash } from 'node:crypto';
import { bundle } from '../../hal/contract/index.js';
import { concat } from './cbor.js';

/** The 32 bytes of SHA-256. */
export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** 16 bytes; `space` has 16 too. */
export function uuid8(space: Uint8Array, name: Uint8Array | string): Uint8Array {
  const id = sha256(concat(space, typeof name === 'string' ? new TextEncoder().encode(name) : name)).slice(0, 16);
  id[6] = ((id[6] as number) & 0x0f) | 0x80;
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return id;
}

/** Id of an owner, from its domain. */
export const vendorId = (domain: string): Uint8Array => uuid8(fromHex(bundle.dns), domain);
/** Id of a class of boards of that owner. */
export const classId = (vendor: Uint8Array, boardClass: string): Uint8Array => uuid8(vendor, boardClass);
/** Id of one device of that owner, from the device's public key. */
export const deviceId = (vendor: Uint8Array, publicKey: Uint8Array): Uint8Array => uuid8(vendor, publicKey);

/** A UUID as people write it. */
export const uuidText = (id: Uint8Array): string =>
  toHex(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
