/**
 * Key files: JSON with the public key in the open and the secret under a passphrase (scrypt, RFC 7914, then secretbox:
 * XSalsa20-Poly1305). Who writes them keeps them readable by their owner only.
 */
import { randomBytes, scryptSync } from 'node:crypto';
import nacl from 'tweetnacl';
import { roles } from '../../hal/contract/index.js';
import { sameBytes } from './cbor.js';
import { publicKey } from './ed25519.js';
import type { Signer } from './envelope.js';
import { fromHex, toHex } from './ids.js';
import type { RoleName } from './root.js';

/** Cost of guessing a passphrase: 32 MiB and about 0.1 s each. */
const COST = { n: 2 ** 15, r: 8, p: 1 } as const;
/** Files may ask for at most this much, so that a hostile one doesn't fill the memory. */
const MAX_BYTES = 256 * 2 ** 20;
const FORMAT = 'tars-key-1';
const SALT_SIZE = 16;
const HEX = { key: /^[0-9a-f]{64}$/, salt: /^[0-9a-f]{32}$/, nonce: /^[0-9a-f]{48}$/, box: /^[0-9a-f]{96}$/ } as const;

/** A key file. Everything but the secret can be read by anybody. */
export interface KeyFile {
  readonly format: typeof FORMAT;
  readonly name: string;
  readonly roles: readonly RoleName[];
  readonly publicKey: Uint8Array;
  readonly secret: {
    readonly n: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
    readonly nonce: string;
    readonly box: string;
  };
}

/** A key file that is damaged, or a passphrase that doesn't open it. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  constructor(
    readonly reason: 'format' | 'passphrase',
    message: string,
  ) {
    super(message);
  }
}

const derive = (
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: Pick<KeyFile['secret'], 'n' | 'r' | 'p'>,
): Uint8Array =>
  new Uint8Array(
    scryptSync(passphrase.normalize('NFC'), salt, nacl.secretbox.keyLength, { N: n, r, p, maxmem: MAX_BYTES }),
  );

/** Makes a key, or wraps the one of `seed`. `cost`: of guessing its passphrase, for tests, which have none to hide. */
export function makeKey({
  name,
  roles: names,
  passphrase,
  seed = randomBytes(32),
  cost = COST,
}: {
  name: string;
  roles: readonly RoleName[];
  passphrase: string;
  seed?: Uint8Array;
  cost?: Pick<KeyFile['secret'], 'n' | 'r' | 'p'>;
}): KeyFile {
  const salt = new Uint8Array(randomBytes(SALT_SIZE));
  const nonce = new Uint8Array(randomBytes(nacl.secretbox.nonceLength));
  const box = nacl.secretbox(new Uint8Array(seed), nonce, derive(passphrase, salt, cost));
  return {
    format: FORMAT,
    name,
    roles: names,
    publicKey: publicKey(seed),
    secret: { ...cost, salt: toHex(salt), nonce: toHex(nonce), box: toHex(box) },
  };
}

/** Text of a key file. */
export const writeKey = ({ publicKey: key, ...rest }: KeyFile): string =>
  `${JSON.stringify({ ...rest, publicKey: toHex(key) }, undefined, 2)}\n`;

/** Reads a key file without opening it. Throws KeyError. */
export function readKey(text: string): KeyFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyError('format', 'it is not JSON');
  }
  if (!isKeyJson(value)) throw new KeyError('format', 'it is no key file of tars');
  const { publicKey: key, ...rest } = value;
  return { ...rest, publicKey: fromHex(key) };
}

type KeyJson = Omit<KeyFile, 'publicKey'> & { readonly publicKey: string };

function isKeyJson(value: unknown): value is KeyJson {
  if (typeof value !== 'object' || value === null) return false;
  const { format, name, roles: names, publicKey: key, secret } = value as Record<string, unknown>;
  if (format !== FORMAT || typeof name !== 'string' || !matches(key, HEX.key)) return false;
  if (!Array.isArray(names) || names.length === 0 || !names.every((each) => roles.some((role) => role.name === each)))
    return false;
  if (typeof secret !== 'object' || secret === null) return false;
  const { n, r, p, salt, nonce, box } = secret as Record<string, unknown>;
  const numbers = [n, r, p].every((each) => typeof each === 'number' && Number.isInteger(each) && each > 0);
  return (
    numbers &&
    128 * (n as number) * (r as number) * (p as number) <= MAX_BYTES / 2 &&
    Number.isInteger(Math.log2(n as number)) &&
    matches(salt, HEX.salt) &&
    matches(nonce, HEX.nonce) &&
    matches(box, HEX.box)
  );
}

const matches = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

/** Opens a key. Throws KeyError if the passphrase is wrong. */
export function openKey({ secret, publicKey: key }: KeyFile, passphrase: string): Signer {
  const seed = nacl.secretbox.open(
    fromHex(secret.box),
    fromHex(secret.nonce),
    derive(passphrase, fromHex(secret.salt), secret),
  );
  if (!seed) throw new KeyError('passphrase', 'the passphrase does not open it');
  if (!sameBytes(publicKey(seed), key)) throw new KeyError('format', 'its public key is not the one of its secret');
  return { seed, publicKey: key };
}
