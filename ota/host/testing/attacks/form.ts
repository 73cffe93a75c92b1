/** Attacks on the form of the CBOR: length, order, repetition, and the algorithms it names. */
import { cbor, concat } from '../../cbor.js';
import { signDocument } from '../../envelope.js';
import { boards, images, keys, rootDocuments } from '../cast.js';
import { block, forgeEnvelope, hex, parameterPairs, swap, uint } from '../forge.js';
import { aliceSigns, base, digest, document, forged, good, own, withBlocks, type Attack } from './base.js';

const { alice } = keys;
const { fresh } = boards;

const ES256 = cbor.map([[1, cbor.int(-7)]]);
const unprotected = (map: Uint8Array): Uint8Array =>
  cbor.tag(18, cbor.array(cbor.bytes(aliceSigns().header), map, cbor.null, cbor.bytes(aliceSigns().bytes)));
const [first, second] = [uint(2), uint(3)];
const outer = (pairs: NonNullable<Parameters<typeof forgeEnvelope>[0]['pairs']>): Uint8Array =>
  forgeEnvelope({ document, payload: images.kalman, blocks: [own(alice)], pairs });

export const form: readonly Attack[] = [
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
    bytes: swap(good, '622377590165', '6223775a00000165'),
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
