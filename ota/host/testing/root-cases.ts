/** Root documents that a board takes, and those that it refuses. */
import type { ErrorName } from '../../../hal/contract/index.js';
import { cbor, concat } from '../cbor.js';
import { digestItem, signDigest } from '../cose.js';
import { documentDigest, signDocument, type Signer } from '../envelope.js';
import { encodeRoot, type Root, signRoot } from '../root.js';
import { attackBase } from './attacks.js';
import { keys, rootDocuments, rootOf, roots } from './cast.js';
import { block, forgeEnvelope, hex, malleated, swap } from './forge.js';

export interface RootCase {
  readonly name: string;
  /** The document that the board has; absent: none. */
  readonly old?: Uint8Array;
  readonly bytes: Uint8Array;
  /** The refusal; absent: the document is taken. */
  readonly error?: ErrorName;
  /** True: the board has it already. */
  readonly same?: boolean;
}

const { alice, bob, olga, mallory } = keys;
const { one, three } = roots;
const old = rootDocuments.one;
const oldThree = rootDocuments.three;
const TAG = 0x54415253;

/** Version 2 of `one`, which adds Bob and wants both. */
const second = rootOf({ alice: ['root', 'release'], bob: ['root', 'release'], olga: ['operator'] }, 2, { version: 2 });
const change = (root: Root, more: Partial<Root>): Root => ({ ...root, ...more });
const thresholds = (root: Root, more: Partial<Root['thresholds']>): Root => ({
  ...root,
  thresholds: { ...root.thresholds, ...more },
});
const next = (more: Partial<Root>, ...signers: readonly Signer[]): Uint8Array =>
  signRoot({ ...one, version: 2, ...more }, signers);
const body = encodeRoot(one);
const digest = digestItem(documentDigest(body));
const own = signDigest({ aad: 'tars-root', digest }, alice);
const withBlock = (each: Uint8Array, document = body): Uint8Array =>
  forgeEnvelope({ tag: TAG, document, digest, blocks: [each] });
/** A key whose id is Alice's, and else isn't hers. */
const twin = {
  publicKey: concat(alice.publicKey.subarray(0, 4), bob.publicKey.subarray(4)),
  roles: ['root', 'release'] as const,
  name: 'twin',
};
const weak = { publicKey: hex(`01${'00'.repeat(31)}`), roles: ['operator'] as const, name: 'weak' };
const unsorted = change(one, { keys: [...one.keys].reverse() });

export const rootCases: readonly RootCase[] = [
  { name: 'first of a board', bytes: old },
  { name: 'first, two of three', bytes: oldThree },
  { name: 'next version with one more key', old, bytes: signRoot(second, [alice, bob]) },
  { name: 'next version with a new epoch', old, bytes: rootDocuments.later },
  { name: 'next version with a time', old, bytes: next({ timeS: 1_790_000_000 }, alice) },
  { name: 'next version with the greatest time', old, bytes: next({ timeS: 0xffffffff }, alice) },
  { name: 'next version with time 0', old, bytes: next({ timeS: 0 }, alice), error: 'profile' },
  { name: 'next version with a time beyond 32 bits', old, bytes: next({ timeS: 2 ** 32 }, alice), error: 'profile' },
  { name: 'the old one again', old, bytes: old, same: true },
  {
    name: 'key revoked by the others',
    old: oldThree,
    bytes: signRoot(rootOf({ alice: ['root', 'release'], bob: ['root', 'release'] }, 2, { version: 2 }), [alice, bob]),
  },

  { name: 'unsigned', error: 'unsigned', bytes: signRoot(one, []) },
  { name: 'signed by a stranger', error: 'unknown_key', bytes: signRoot(one, [mallory]) },
  { name: 'signed by a key without the role root', error: 'role', bytes: signRoot(one, [olga]) },
  { name: 'threshold of the first not met', error: 'threshold', bytes: signRoot(three, [alice]) },
  { name: 'duplicate signer', error: 'duplicate_signer', bytes: signRoot(three, [alice, alice]) },
  { name: 'rotation signed by the new keys only', error: 'threshold', old, bytes: signRoot(second, [bob]) },
  { name: 'rotation signed by the old keys only', error: 'threshold', old, bytes: signRoot(second, [alice]) },
  {
    name: 'rotation by fewer than the old threshold',
    error: 'threshold',
    old: oldThree,
    bytes: signRoot(rootOf({ alice: ['root', 'release'] }, 1, { version: 2 }), [alice]),
  },
  { name: 'version skipped', error: 'root_version', old, bytes: next({ version: 3 }, alice) },
  { name: 'same version, other content', error: 'root_version', old, bytes: next({ version: 1, sequence: 5 }, alice) },
  { name: 'older version', error: 'root_version', old: rootDocuments.later, bytes: old },
  { name: 'threshold 0', error: 'root_keys', old, bytes: signRoot(thresholds(second, { root: 0 }), [alice, bob]) },
  { name: 'threshold 0 for release', error: 'root_keys', bytes: signRoot(thresholds(one, { release: 0 }), [alice]) },
  {
    name: 'threshold above the number of keys',
    error: 'root_keys',
    bytes: signRoot(thresholds(one, { release: 2 }), [alice]),
  },
  {
    name: 'threshold for a role without keys',
    error: 'root_keys',
    bytes: signRoot(thresholds(one, { aot: 1 }), [alice]),
  },
  { name: 'nobody may release', error: 'root_keys', bytes: signRoot(rootOf({ alice: ['root'] }, 1), [alice]) },
  {
    name: 'key without a role',
    error: 'root_keys',
    bytes: signRoot(change(one, { keys: one.keys.map((key) => (key.name === 'olga' ? { ...key, roles: [] } : key)) }), [
      alice,
    ]),
  },
  {
    name: 'two keys with one id',
    error: 'root_keys',
    bytes: signRoot(
      change(one, { keys: [...one.keys, twin].sort((a, b) => Buffer.compare(a.publicKey, b.publicKey)) }),
      [alice],
    ),
  },
  {
    name: 'key id that meant another key before',
    error: 'root_keys',
    old,
    bytes: next(
      {
        keys: one.keys
          .map((key) => (key.name === 'alice' ? twin : key))
          .sort((a, b) => Buffer.compare(a.publicKey, b.publicKey)),
      },
      alice,
    ),
  },
  {
    name: 'same key twice',
    error: 'encoding',
    bytes: signRoot(change(one, { keys: one.keys.flatMap((key) => [key, key]) }), [alice]),
  },
  { name: 'keys out of order', error: 'encoding', bytes: signRoot(unsorted, [alice]) },
  {
    name: 'key of small order',
    error: 'small_order',
    bytes: signRoot(
      change(one, { keys: [...one.keys, weak].sort((a, b) => Buffer.compare(a.publicKey, b.publicKey)) }),
      [alice],
    ),
  },
  {
    name: 'role that does not exist',
    error: 'profile',
    bytes: signDocument(
      'root',
      swap(
        body,
        '03' + cbor.text('alice').reduce((hexText, byte) => hexText + byte.toString(16).padStart(2, '0'), ''),
        '1820' + '65616c696365',
      ),
      [alice],
    ),
  },
  {
    name: 'epoch that goes back',
    error: 'epoch',
    old: signRoot(change(one, { epoch: 3 }), [alice]),
    bytes: next({ epoch: 2 }, alice),
  },
  { name: 'epoch that jumps', error: 'epoch', old, bytes: next({ epoch: 2 }, alice) },
  {
    name: 'sequence that goes back',
    error: 'rollback',
    old: signRoot(change(one, { sequence: 9 }), [alice]),
    bytes: next({ sequence: 8 }, alice),
  },
  {
    name: 'another owner',
    error: 'wrong_vendor',
    old,
    bytes: signRoot(rootOf({ alice: ['root', 'release'] }, 1, { version: 2, owner: 'others.example' }), [alice]),
  },
  {
    name: 'changed after signing',
    error: 'digest',
    bytes: withBlock(block(own), encodeRoot(change(one, { sequence: 1 }))),
  },
  {
    name: 'signature for a bundle',
    error: 'bad_signature',
    bytes: withBlock(block(signDigest({ aad: '', digest }, alice))),
  },
  { name: 'malleable signature', error: 'malleable', bytes: withBlock(block(malleated(own))) },
  {
    name: 'small-order R',
    error: 'small_order',
    bytes: withBlock(block({ ...own, bytes: concat(hex(`01${'00'.repeat(31)}`), own.bytes.subarray(32)) })),
  },
  { name: 'truncated', error: 'truncated', bytes: old.subarray(0, -1) },
  { name: 'trailing byte', error: 'trailing', bytes: concat(old, hex('00')) },
  {
    name: 'trailing byte in the body',
    error: 'trailing',
    bytes: signDocument('root', concat(body, hex('00')), [alice]),
  },
  { name: 'format 2', error: 'version', bytes: signDocument('root', concat(hex('a80102'), body.subarray(3)), [alice]) },
  { name: 'too long', error: 'too_long', bytes: concat(old, new Uint8Array(2561 - old.length)) },
  { name: 'a bundle instead', error: 'profile', bytes: attackBase.good },
];
