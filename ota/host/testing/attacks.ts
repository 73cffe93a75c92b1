/** The table of attacks: each makes bytes for a board, which refuses them with exactly this error. */
import type { ErrorName } from '../../../hal/contract/index.js';
import { makeManifest, packBundle, signBundle, type BundleInput } from '../bundle.js';
import { cbor, compareBytes, concat } from '../cbor.js';
import { digestItem, signDigest } from '../cose.js';
import { documentDigest, signDocument, type Signer } from '../envelope.js';
import { encodeManifest, type Manifest } from '../manifest.js';
import {
  boards,
  DEVICE_ID,
  images,
  keys,
  OTHER_VENDOR,
  rootDocuments,
  roots,
  VENDOR,
  type VectorBoard,
} from './cast.js';
import {
  block,
  forge,
  forgeEnvelope,
  hex,
  malleated,
  parameterPairs,
  type Parts,
  rawMap,
  swap,
  uint,
} from './forge.js';

export interface Attack {
  readonly name: string;
  readonly error: ErrorName;
  readonly board: VectorBoard;
  readonly bytes: Uint8Array;
  /** A detached payload as it arrives. */
  readonly payload?: Uint8Array;
}

const { alice, bob, carol, mallory, nadia, olga } = keys;
const input = { image: images.kalman, vendor: VENDOR, epoch: 0, number: 7 } satisfies BundleInput;
const base = makeManifest(input);
const good = packBundle(input, [alice]).bytes;
const document = encodeManifest(base);
const digest = digestItem(documentDigest(document));
const { fresh } = boards;

/** Changes to the manifest, signed by Alice: what she would be refused for herself. */
const signed = (change: Partial<Manifest>, payload: Uint8Array = images.kalman): Uint8Array =>
  signBundle({ ...base, ...change }, payload, [alice]).bytes;
const forged = (parts: Parts): Uint8Array => signDocument('bundle', forge(base, parts), [alice], images.kalman);
const aliceSigns = (aad = ''): ReturnType<typeof signDigest> => signDigest({ aad, digest }, alice);
const withBlocks = (...blocks: readonly Uint8Array[]): Uint8Array =>
  forgeEnvelope({ document, payload: images.kalman, blocks });
/** Alice and Bob in the order of their key ids. */
const [lower, higher] = [alice, bob].sort((a, b) => compareBytes(a.publicKey, b.publicKey)) as [Signer, Signer];
const own = (signer: Signer): Uint8Array => block(signDigest({ aad: '', digest }, signer));

const signers: readonly Attack[] = [
  { name: 'unsigned', error: 'unsigned', board: fresh, bytes: signDocument('bundle', document, [], images.kalman) },
  { name: 'wrong key', error: 'unknown_key', board: fresh, bytes: packBundle(input, [mallory]).bytes },
  {
    name: 'wrong key under the id of the right one',
    error: 'bad_signature',
    board: fresh,
    bytes: withBlocks(
      block({ ...signDigest({ aad: '', digest }, mallory), header: aliceSigns().header, kid: aliceSigns().kid }),
    ),
  },
  { name: 'key without the role', error: 'role', board: fresh, bytes: packBundle(input, [olga]).bytes },
  { name: 'threshold not met', error: 'threshold', board: boards.strict, bytes: packBundle(input, [alice]).bytes },
  {
    name: 'duplicate signer',
    error: 'duplicate_signer',
    board: boards.strict,
    bytes: packBundle(input, [alice, alice]).bytes,
  },
  {
    name: 'one signer known, one not',
    error: 'unknown_key',
    board: fresh,
    bytes: packBundle(input, [alice, mallory]).bytes,
  },
  {
    name: 'one of two signers without the role',
    error: 'role',
    board: boards.strict,
    bytes: packBundle(input, [alice, olga]).bytes,
  },
  {
    name: 'second of two signatures is wrong',
    error: 'bad_signature',
    board: boards.strict,
    bytes: withBlocks(own(lower), block({ ...signDigest({ aad: 'x', digest }, higher) })),
  },
  { name: 'signers out of order', error: 'encoding', board: boards.strict, bytes: withBlocks(own(higher), own(lower)) },
  {
    name: 'nine signatures',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(...Array.from({ length: 9 }, () => own(alice))),
  },
  { name: 'malleable signature', error: 'malleable', board: fresh, bytes: withBlocks(block(malleated(aliceSigns()))) },
  {
    name: 'small-order R',
    error: 'small_order',
    board: fresh,
    bytes: withBlocks(
      block({ ...aliceSigns(), bytes: concat(hex(`01${'00'.repeat(31)}`), aliceSigns().bytes.subarray(32)) }),
    ),
  },
  {
    name: 'R spelled non-canonically',
    error: 'small_order',
    board: fresh,
    bytes: withBlocks(
      block({ ...aliceSigns(), bytes: concat(hex(`ee${'ff'.repeat(30)}7f`), aliceSigns().bytes.subarray(32)) }),
    ),
  },
  {
    name: 'signature for a root document',
    error: 'bad_signature',
    board: fresh,
    bytes: withBlocks(block(aliceSigns('tars-root'))),
  },
  { name: 'board without an owner', error: 'not_owned', board: boards.open, bytes: good },
  {
    name: 'release key that left with the last root document',
    error: 'unknown_key',
    board: boards.later,
    bytes: packBundle({ ...input, epoch: 1, number: 101 }, [bob]).bytes,
  },
];

const tampered: readonly Attack[] = [
  {
    name: 'arbitrary software: payload of another bundle',
    error: 'payload_digest',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: new Uint8Array(images.kalman.length) }),
  },
  {
    name: 'partial payload',
    error: 'payload_size',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: images.kalman.subarray(1) }),
  },
  {
    name: 'payload longer than signed',
    error: 'payload_size',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: concat(images.kalman, Uint8Array.of(0)) }),
  },
  {
    name: 'mix and match: signatures of another bundle',
    error: 'digest',
    board: fresh,
    bytes: forgeEnvelope({
      document: encodeManifest({ ...base, number: 8 }),
      digest,
      blocks: [own(alice)],
      payload: images.kalman,
    }),
  },
  {
    name: 'changed digest',
    error: 'bad_signature',
    board: fresh,
    bytes: forgeEnvelope({
      document,
      digest: digestItem(documentDigest(hex('a0'))),
      blocks: [own(alice)],
      payload: images.kalman,
    }),
  },
  {
    name: 'payload left out',
    error: 'profile',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)] }),
  },
  {
    name: 'payload beside a detached one',
    error: 'profile',
    board: fresh,
    bytes: signDocument('bundle', encodeManifest({ ...base, detached: true }), [alice], images.kalman),
  },
  {
    name: 'detached payload of the wrong size',
    error: 'payload_size',
    board: fresh,
    bytes: signed({ detached: true }),
    payload: images.blink,
  },
  {
    name: 'detached payload with other bytes',
    error: 'payload_digest',
    board: fresh,
    bytes: signed({ detached: true }),
    payload: new Uint8Array(images.kalman.length),
  },
];

const ES256 = cbor.map([[1, cbor.int(-7)]]);
const unprotected = (map: Uint8Array): Uint8Array =>
  cbor.tag(18, cbor.array(cbor.bytes(aliceSigns().header), map, cbor.null, cbor.bytes(aliceSigns().bytes)));
const [first, second] = [uint(2), uint(3)];
const outer = (pairs: NonNullable<Parameters<typeof forgeEnvelope>[0]['pairs']>): Uint8Array =>
  forgeEnvelope({ document, payload: images.kalman, blocks: [own(alice)], pairs });

const form: readonly Attack[] = [
  { name: 'nothing', error: 'truncated', board: fresh, bytes: new Uint8Array() },
  { name: 'half a bundle', error: 'truncated', board: fresh, bytes: good.subarray(0, good.length >> 1) },
  { name: 'last byte missing', error: 'truncated', board: fresh, bytes: good.subarray(0, -1) },
  { name: 'trailing byte', error: 'trailing', board: fresh, bytes: concat(good, Uint8Array.of(0)) },
  {
    name: 'trailing byte in the authentication',
    error: 'trailing',
    board: fresh,
    bytes: outer(([auth, ...rest]) => [
      [first, cbor.bytes(concat(cbor.array(cbor.bytes(digest), cbor.bytes(own(alice))), Uint8Array.of(0)))],
      ...(auth ? rest : []),
    ]),
  },
  {
    name: 'trailing byte in the manifest',
    error: 'trailing',
    board: fresh,
    bytes: signDocument('bundle', concat(document, Uint8Array.of(0)), [alice], images.kalman),
  },
  {
    name: 'endless: longer than the limit',
    error: 'too_long',
    board: fresh,
    bytes: concat(good, new Uint8Array(8193 - good.length)),
  },
  { name: 'tag not in shortest form', error: 'encoding', board: fresh, bytes: swap(good, 'd86ba3', 'd9006ba3') },
  { name: 'key not in shortest form', error: 'encoding', board: fresh, bytes: swap(good, 'd86ba302', 'd86ba31802') },
  {
    name: 'length not in shortest form',
    error: 'encoding',
    board: fresh,
    bytes: swap(good, '62237759015f', '6223775a0000015f'),
  },
  {
    name: 'map of indefinite length',
    error: 'encoding',
    board: fresh,
    bytes: concat(swap(good, 'd86ba3', 'd86bbf'), Uint8Array.of(0xff)),
  },
  {
    name: 'sequence number not in shortest form',
    error: 'encoding',
    board: fresh,
    bytes: forged({ sequence: hex('1807') }),
  },
  {
    name: 'duplicate key in the envelope',
    error: 'duplicate_key',
    board: fresh,
    bytes: outer(([auth, ...rest]) => (auth ? [auth, auth, ...rest] : [])),
  },
  {
    name: 'duplicate key in the manifest',
    error: 'duplicate_key',
    board: fresh,
    bytes: forged({
      pairs: ([version, sequence, ...rest]) => (version && sequence ? [version, sequence, sequence, ...rest] : []),
    }),
  },
  {
    name: 'duplicate parameter',
    error: 'duplicate_key',
    board: fresh,
    bytes: forged({ parameters: parameterPairs(base).flatMap((pair, i) => (i === 3 ? [pair, pair] : [pair])) }),
  },
  {
    name: 'keys out of order in the envelope',
    error: 'encoding',
    board: fresh,
    bytes: outer(([auth, manifest, payload]) =>
      auth && manifest && payload ? [auth, [second, manifest[1]], [first, auth[1]], payload] : [],
    ),
  },
  {
    name: 'parameters out of order',
    error: 'profile',
    board: fresh,
    bytes: forged({
      parameters: [
        ...parameterPairs(base).slice(1, 2),
        ...parameterPairs(base).slice(0, 1),
        ...parameterPairs(base).slice(2),
      ],
    }),
  },
  {
    name: 'parameter that comes again later',
    error: 'encoding',
    board: fresh,
    bytes: forged({
      parameters: [
        ...parameterPairs(base).slice(0, 2),
        ...parameterPairs(base).slice(0, 1),
        ...parameterPairs(base).slice(2),
      ],
    }),
  },
  { name: 'another tag', error: 'profile', board: fresh, bytes: swap(good, 'd86ba3', 'd86ca3') },
  { name: 'no tag', error: 'profile', board: fresh, bytes: good.subarray(2) },
  { name: 'a root document instead of a bundle', error: 'profile', board: fresh, bytes: rootDocuments.one },
  {
    name: 'manifest left out',
    error: 'profile',
    board: fresh,
    bytes: outer(([auth, , payload]) => (auth && payload ? [auth, payload] : [])),
  },
  {
    name: 'a second payload',
    error: 'profile',
    board: fresh,
    bytes: outer((pairs) => [...pairs, [cbor.text('#x'), cbor.bytes(images.blink)]]),
  },
  {
    name: 'signed with ES256',
    error: 'algorithm',
    board: fresh,
    bytes: withBlocks(
      cbor.tag(18, cbor.array(cbor.bytes(ES256), cbor.map([]), cbor.null, cbor.bytes(new Uint8Array(64)))),
    ),
  },
  {
    name: 'digest by SHA-512',
    error: 'algorithm',
    board: fresh,
    bytes: forgeEnvelope({
      document,
      digest: cbor.array(cbor.int(-44), cbor.bytes(new Uint8Array(64))),
      blocks: [own(alice)],
      payload: images.kalman,
    }),
  },
  {
    name: 'payload digest by SHA-384',
    error: 'algorithm',
    board: fresh,
    bytes: forged({
      parameters: parameterPairs(base).map((pair, i) =>
        i === 2 ? [pair[0], cbor.bytes(concat(hex('82382a5820'), base.digest.subarray(0, 31)))] : pair,
      ),
    }),
  },
  {
    name: 'something in the unprotected header',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(unprotected(cbor.map([[4, cbor.bytes(alice.publicKey.slice(0, 4))]]))),
  },
  {
    name: 'payload inside of the signature',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(
      cbor.tag(
        18,
        cbor.array(cbor.bytes(aliceSigns().header), cbor.map([]), cbor.bytes(digest), cbor.bytes(aliceSigns().bytes)),
      ),
    ),
  },
  {
    name: 'key id of three bytes',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(
      block({
        ...aliceSigns(),
        header: cbor.map([
          [1, cbor.int(-19)],
          [4, cbor.bytes(alice.publicKey.slice(0, 3))],
        ]),
      }),
    ),
  },
  {
    name: 'protected header without a key id',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(block({ ...aliceSigns(), header: cbor.map([[1, cbor.int(-19)]]) })),
  },
];

/** Parameters with the value of one label replaced, added or, with `undefined`, left out. */
function parameter(label: number, value: Uint8Array | undefined): Uint8Array {
  const key = cbor.int(label);
  const others = parameterPairs(base).filter(([each]) => Buffer.compare(each, key) !== 0);
  const all = value ? [...others, [key, value] as const] : others;
  return forged({ parameters: all.sort(([a], [b]) => Buffer.compare(a, b)) });
}

const template: readonly Attack[] = [
  { name: 'manifest of version 2', error: 'version', board: fresh, bytes: forged({ version: uint(2) }) },
  { name: 'sequence number 0', error: 'profile', board: fresh, bytes: forged({ sequence: uint(0) }) },
  {
    name: 'sequence number 0 of a later epoch',
    error: 'profile',
    board: fresh,
    bytes: forged({ sequence: uint(2 ** 32) }),
  },
  {
    name: 'shared sequence of seven items',
    error: 'profile',
    board: fresh,
    bytes: forged({
      shared: cbor.array(uint(20), rawMap(parameterPairs(base)), uint(1), uint(15), uint(2), uint(15), uint(15)),
    }),
  },
  { name: 'epoch beyond 16 bits', error: 'profile', board: fresh, bytes: forged({ sequence: uint(2 ** 48 + 7) }) },
  {
    name: 'sequence number of 64 bits',
    error: 'profile',
    board: fresh,
    bytes: forged({ sequence: hex('1bffffffffffffffff') }),
  },
  { name: 'two components', error: 'profile', board: fresh, bytes: forged({ components: hex('82814100814101') }) },
  { name: 'another component', error: 'profile', board: fresh, bytes: forged({ components: hex('81814101') }) },
  {
    name: 'try-each instead of conditions',
    error: 'profile',
    board: fresh,
    bytes: forged({
      shared: cbor.array(
        uint(20),
        rawMap(parameterPairs(base)),
        uint(15),
        cbor.array(hex('4101'), cbor.null),
        uint(2),
        uint(15),
      ),
    }),
  },
  {
    name: 'class condition left out',
    error: 'profile',
    board: fresh,
    bytes: forged({ shared: cbor.array(uint(20), rawMap(parameterPairs(base)), uint(1), uint(15)) }),
  },
  {
    name: 'device parameter without its condition',
    error: 'profile',
    board: fresh,
    bytes: parameter(24, cbor.bytes(DEVICE_ID)),
  },
  {
    name: 'install from elsewhere',
    error: 'profile',
    board: fresh,
    bytes: forged({ install: hex('8614a11568687474703a2f2f781502030f') }),
  },
  {
    name: 'validate left out',
    error: 'profile',
    board: fresh,
    bytes: forged({ pairs: (pairs) => pairs.filter((_, i) => i !== 3) }),
  },
  {
    name: 'text in the manifest',
    error: 'profile',
    board: fresh,
    bytes: forged({ pairs: (pairs) => [...pairs, [uint(23), cbor.bytes(hex('a0'))]] }),
  },
  { name: 'unknown private parameter', error: 'profile', board: fresh, bytes: parameter(-300, uint(1)) },
  { name: 'grant left out', error: 'profile', board: fresh, bytes: parameter(-256, undefined) },
  { name: 'grant that is no grant', error: 'profile', board: fresh, bytes: parameter(-256, cbor.bytes(hex('80'))) },
  {
    name: 'grant with a default spelled out',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('8500000000818406644932433118481864'))),
  },
  {
    name: 'grant with a row of an unknown kind',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('85000000008182186364412f2f2f'))),
  },
  {
    name: 'grant with a bound beyond 64 bits',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('850000000081840c6171001bffffffffffffffff'))),
  },
  {
    name: 'calls with a zero byte at the end',
    error: 'profile',
    board: fresh,
    bytes: parameter(-257, cbor.bytes(hex('1c00'))),
  },
  { name: 'no health window', error: 'profile', board: fresh, bytes: parameter(-258, uint(0)) },
  { name: 'health window without end', error: 'profile', board: fresh, bytes: parameter(-258, uint(600_001)) },
];

const committed = { epoch: 0, number: 7, digest: documentDigest(document) };
const after: VectorBoard = { ...fresh, committed };

const target: readonly Attack[] = [
  {
    name: 'wrong vendor',
    error: 'wrong_vendor',
    board: fresh,
    bytes: packBundle({ ...input, vendor: OTHER_VENDOR }, [alice]).bytes,
  },
  { name: 'wrong class', error: 'wrong_class', board: { ...fresh, class: 'nucleo-h743zi' }, bytes: good },
  {
    name: 'wrong device',
    error: 'wrong_device',
    board: boards.other,
    bytes: packBundle({ ...input, device: DEVICE_ID }, [alice]).bytes,
  },
  {
    name: 'wrong engine',
    error: 'wrong_engine',
    board: { ...boards.engine, engine: hex('a0a1a2a4') },
    bytes: signBundle({ ...base, engine: hex('a0a1a2a3') }, images.kalman, [alice, nadia]).bytes,
  },
  {
    name: 'native code for a board without an engine for it',
    error: 'wrong_engine',
    board: boards.strict,
    bytes: signBundle({ ...base, engine: hex('a0a1a2a3') }, images.kalman, [alice, nadia]).bytes,
  },
  {
    name: 'native code without the role aot',
    error: 'role',
    board: boards.engine,
    bytes: signBundle({ ...base, engine: hex('a0a1a2a3') }, images.kalman, [alice, carol]).bytes,
  },
  { name: 'call the board lacks', error: 'missing_call', board: boards.poor, bytes: good },
  {
    name: 'difference by an unknown method',
    error: 'delta',
    board: fresh,
    bytes: signed({ delta: { method: 9, base: new Uint8Array(32), size: images.kalman.length, digest: base.digest } }),
  },
  { name: 'rollback: lower sequence', error: 'rollback', board: after, bytes: signed({ number: 6 }) },
  {
    name: 'equivocation: same sequence, other digest',
    error: 'equivocation',
    board: after,
    bytes: signed({ healthMs: 4000 }),
  },
  {
    name: 'fast forward: jump past the bound',
    error: 'fast_forward',
    board: after,
    bytes: signed({ number: 7 + 1025 }),
  },
  { name: 'fast forward on a fresh board', error: 'fast_forward', board: fresh, bytes: signed({ number: 1025 }) },
  { name: 'bundle of the epoch before', error: 'epoch', board: boards.later, bytes: signed({ number: 101 }) },
  { name: 'bundle of a later epoch', error: 'epoch', board: fresh, bytes: signed({ epoch: 1 }) },
  {
    name: 'older than the root document',
    error: 'rollback',
    board: boards.later,
    bytes: signed({ epoch: 1, number: 99 }),
  },
  {
    name: 'redelivery of what failed before',
    error: 'known_bad',
    board: { ...fresh, failed: [committed.digest] },
    bytes: good,
  },
];

export const attacks: readonly Attack[] = [...signers, ...tampered, ...form, ...template, ...target];
/** What the other tables start from. */
export const attackBase = { input, base, good, root: roots.one } as const;
