/**
 * The root document: the owner's keys with their roles, how many of them must sign, and where sequence numbers start.
 * It replaces itself only by its next version, signed by enough keys of both.
 */
import { limits, roles, root as bodyKeys } from '../../hal/contract/index.js';
import { cbor, compareBytes, Reader, sameBytes } from './cbor.js';
import { keyId } from './cose.js';
import { isWeakPoint } from './ed25519.js';
import {
  checkDigest,
  checkSignatures,
  checkSigners,
  type Envelope,
  guarded,
  isRefused,
  readEnvelope,
  type Refused,
  signDocument,
  type Signer,
} from './envelope.js';
import { vendorId } from './ids.js';

export type RoleName = (typeof roles)[number]['name'];

export interface RootKey {
  readonly publicKey: Uint8Array;
  readonly roles: readonly RoleName[];
  /** What people call it. */
  readonly name: string;
}

/** What a root document says. */
export interface Root {
  readonly version: number;
  readonly epoch: number;
  /** Bundles below this number are refused. */
  readonly sequence: number;
  readonly vendor: Uint8Array;
  /** Domain of the owner. */
  readonly owner: string;
  readonly thresholds: Readonly<Record<RoleName, number>>;
  /** In ascending order of the public keys. */
  readonly keys: readonly RootKey[];
  /** What boards take for the newest signed time when they get this document, seconds since 1970. */
  readonly timeS?: number;
}

/** A root document that was accepted, with the digest of its body. */
export interface TrustedRoot {
  readonly root: Root;
  readonly digest: Uint8Array;
}

export type RootResult =
  | { readonly accepted: TrustedRoot; /** True: the board has it already. */ readonly same: boolean }
  | { readonly refused: Refused };

const U32 = 0xffffffff;
const FORMAT = 1;
const MAX_EPOCH = 0xffff;
const ALL_ROLES = 2 ** roles.length - 1;

type BodyName = (typeof bodyKeys)[number]['name'];

/** Fills in what follows from the rest: the vendor id, the order of the keys. */
export function makeRoot(parts: Omit<Root, 'vendor'>): Root {
  return {
    ...parts,
    vendor: vendorId(parts.owner),
    keys: [...parts.keys].sort((a, b) => compareBytes(a.publicKey, b.publicKey)),
  };
}

/** Bytes of a root document's body. */
export function encodeRoot(root: Root): Uint8Array {
  const values: Readonly<Record<BodyName, Uint8Array | undefined>> = {
    format: cbor.int(FORMAT),
    version: cbor.int(root.version),
    epoch: cbor.int(root.epoch),
    sequence: cbor.int(root.sequence),
    vendor: cbor.bytes(root.vendor),
    owner: cbor.text(root.owner),
    thresholds: cbor.array(...roles.map(({ name }) => cbor.int(root.thresholds[name]))),
    keys: cbor.array(
      ...root.keys.map((key) =>
        cbor.array(cbor.bytes(key.publicKey), cbor.int(roleBits(key.roles)), cbor.text(key.name)),
      ),
    ),
    time: root.timeS === undefined ? undefined : cbor.int(root.timeS),
  };
  return cbor.map(bodyKeys.map(({ key, name }) => [key, values[name]]));
}

const roleBits = (names: readonly RoleName[]): number =>
  roles.reduce((sum, { name }, i) => sum + (names.includes(name) ? 2 ** i : 0), 0);

/** Signs a root document; the keys of both the old and the new one sign. */
export const signRoot = (root: Root, signers: readonly Signer[]): Uint8Array =>
  signDocument('root', encodeRoot(root), signers);

/** Reads a body. Throws FormError at the first byte that doesn't fit the template. */
export function decodeRoot(document: Uint8Array): Root {
  const reader = new Reader(document);
  const values: Partial<Record<BodyName, unknown>> = {};
  const readers: Readonly<Record<BodyName, (r: Reader) => unknown>> = {
    format: (r) => r.literal(FORMAT, 'the format', 'version'),
    version: (r) => r.uint(1, U32, 'the version'),
    epoch: (r) => r.uint(0, MAX_EPOCH, 'the epoch'),
    sequence: (r) => r.uint(0, U32, 'the sequence number'),
    vendor: (r) => r.byteString(16, 16, 'the vendor id').slice(),
    owner: (r) => r.text(64, 'the owner'),
    thresholds: readThresholds,
    keys: readKeys,
    time: (r) => r.uint(1, U32, 'the time'),
  };
  reader.map(
    bodyKeys.map((row) => ({
      key: row.key,
      optional: 'optional' in row,
      read: (r) => (values[row.name] = readers[row.name](r)),
    })),
    'the root document',
  );
  reader.done('the root document');
  const { time, ...rest } = values;
  delete rest.format;
  return { ...rest, ...(time !== undefined && { timeS: time }) } as unknown as Root;
}

function readThresholds(reader: Reader): Root['thresholds'] {
  reader.array(roles.length, roles.length, 'the thresholds');
  return Object.fromEntries(
    roles.map(({ name }) => [name, reader.uint(0, 255, `the threshold of ${name}`)]),
  ) as Root['thresholds'];
}

function readKeys(reader: Reader): RootKey[] {
  const count = reader.array(1, limits.keys.value, 'the keys');
  const keys: RootKey[] = [];
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    reader.array(3, 3, 'a key');
    const publicKey = reader.byteString(32, 32, 'a public key').slice();
    const last = keys.at(-1);
    if (last && compareBytes(publicKey, last.publicKey) <= 0) reader.fail('encoding', 'keys do not ascend', start);
    const bits = reader.uint(0, 255, 'the roles of a key');
    if (bits > ALL_ROLES) reader.fail('profile', 'a role that does not exist', start);
    const names = roles.flatMap(({ name }, bit) => (bits & (1 << bit) ? [name] : []));
    keys.push({ publicKey, roles: names, name: reader.text(limits.name.value, 'the name of a key') });
  }
  return keys;
}

/** What is wrong with keys and thresholds together. */
function keysRefusal({ keys, thresholds }: Root): Refused | undefined {
  const refuse = (why: string): Refused => ({ error: 'root_keys', why });
  for (const [i, key] of keys.entries()) {
    const before = keys[i - 1];
    if (before && sameBytes(keyId(key.publicKey), keyId(before.publicKey)))
      return refuse(`${before.name} and ${key.name} have the same key id`);
    if (key.roles.length === 0) return refuse(`${key.name} has no role`);
  }
  for (const { name } of roles) {
    const holders = keys.filter((key) => key.roles.includes(name)).length;
    const needed = name === 'root' || name === 'release';
    if (holders === 0 && needed) return refuse(`no key has the role ${name}`);
    if (thresholds[name] > holders || (thresholds[name] === 0) !== (holders === 0))
      return refuse(`threshold ${thresholds[name]} for ${holders} keys with the role ${name}`);
  }
  const weak = keys.find((key) => isWeakPoint(key.publicKey));
  return weak && { error: 'small_order', why: `the key ${weak.name}` };
}

/** Key of a root document by the id in a signature. */
export const findKey = (root: Root | undefined, kid: Uint8Array): RootKey | undefined =>
  root?.keys.find((key) => sameBytes(keyId(key.publicKey), kid));

/**
 * Checks a root document, in the order of the contract's `rootRefusals`; `old` is the one that is trusted now, if any.
 */
export function verifyRoot(bytes: Uint8Array, old?: TrustedRoot): RootResult {
  const envelope = readEnvelope('root', bytes);
  if (isRefused(envelope)) return { refused: envelope };
  const early = checkSigners(envelope) ?? checkDigest(envelope);
  if (early) return { refused: early };
  const root = guarded(() => decodeRoot(envelope.document));
  if (isRefused(root)) return { refused: root };
  const keys = keysRefusal(root);
  if (keys) return { refused: keys };
  const accepted = { root, digest: envelope.digest };
  if (old && root.version === old.root.version && sameBytes(envelope.digest, old.digest))
    return { accepted, same: true };
  const refused = (old && succession(root, old.root)) ?? rootSigners(envelope, root, old?.root);
  return refused ? { refused } : { accepted, same: false };
}

function succession(root: Root, old: Root): Refused | undefined {
  if (root.version !== old.version + 1)
    return { error: 'root_version', why: `version ${root.version} after ${old.version}` };
  if (!sameBytes(root.vendor, old.vendor)) return { error: 'wrong_vendor', why: `${root.owner} is not ${old.owner}` };
  if (root.epoch !== old.epoch && root.epoch !== old.epoch + 1)
    return { error: 'epoch', why: `epoch ${root.epoch} after ${old.epoch}` };
  if (root.epoch === old.epoch && root.sequence < old.sequence)
    return { error: 'rollback', why: `sequence ${root.sequence} after ${old.sequence}` };
  const clash = root.keys.find(
    ({ publicKey }) => !sameBytes(findKey(old, keyId(publicKey))?.publicKey ?? publicKey, publicKey),
  );
  return (
    clash && { error: 'root_keys', why: `the key id of ${clash.name} names another key in version ${old.version}` }
  );
}

function rootSigners(envelope: Envelope, root: Root, old: Root | undefined): Refused | undefined {
  const documents = old ? [old, root] : [root];
  const found = envelope.signatures.map(({ kid }) => documents.map((document) => findKey(document, kid)));
  const unknown = found.findIndex((keys) => keys.every((key) => !key));
  if (unknown >= 0) return { error: 'unknown_key', why: `signature ${unknown + 1}` };
  const roleless = found.findIndex((keys) => !keys.some((key) => key?.roles.includes('root')));
  if (roleless >= 0) return { error: 'role', why: `signature ${roleless + 1} is by a key without the role root` };
  for (const [i, document] of documents.entries()) {
    const count = found.filter((keys) => keys[i]?.roles.includes('root')).length;
    if (count < document.thresholds.root)
      return { error: 'threshold', why: `${count} of ${document.thresholds.root} keys of version ${document.version}` };
  }
  return checkSignatures(
    envelope,
    found.map((keys) => (keys.find((key) => key?.roles.includes('root')) as RootKey).publicKey),
  );
}
