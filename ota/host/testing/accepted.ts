/** Bundles that boards take. */
import { makeBundleManifest, packBundle, requestsOf, signBundle } from '../bundle.js';
import { documentDigest } from '../envelope.js';
import { grantFor } from '../grant.js';
import { encodeBundleManifest } from '../bundle-manifest.js';
import { unsaid, unsaidOpen } from './app-attacks.js';
import { boards, DEVICE_ID, images, keys, VENDOR, type VectorBoard } from './cast.js';
import { hex } from './forge.js';

export interface Taken {
  readonly name: string;
  readonly board: VectorBoard;
  readonly bytes: Uint8Array;
  readonly payload?: Uint8Array;
  /** True: committed already, nothing is left to do. */
  readonly same?: boolean;
}

const { alice, bob, carol, nadia } = keys;
const input = { image: images.kalman, vendor: VENDOR, epoch: 0, number: 7 };
const kalman = makeBundleManifest(input);
const committed = { epoch: 0, number: 7, digest: documentDigest(encodeBundleManifest(kalman)) };
const detached = packBundle({ ...input, detached: true }, [alice]);
const wide = grantFor(requestsOf(images.topic).concat(requestsOf(images.kalman)));

export const accepted: readonly Taken[] = [
  {
    name: 'blink',
    board: boards.fresh,
    bytes: packBundle({ ...input, image: images.blink, number: 1 }, [alice]).bytes,
  },
  { name: 'kalman', board: boards.fresh, bytes: packBundle(input, [alice]).bytes },
  { name: 'two modules', board: boards.fresh, bytes: packBundle({ ...input, image: images.topic }, [alice]).bytes },
  { name: 'two of three signatures', board: boards.strict, bytes: packBundle(input, [alice, carol]).bytes },
  { name: 'three of three signatures', board: boards.strict, bytes: packBundle(input, [carol, bob, alice]).bytes },
  {
    name: 'for this device only',
    board: boards.fresh,
    bytes: packBundle({ ...input, device: DEVICE_ID }, [alice]).bytes,
  },
  { name: 'detached, payload at hand', board: boards.fresh, bytes: detached.bytes, payload: images.kalman },
  { name: 'detached, payload to be fetched', board: boards.fresh, bytes: detached.bytes },
  {
    name: 'wider grant than asked for',
    board: boards.fresh,
    bytes: packBundle({ ...input, grant: wide }, [alice]).bytes,
  },
  {
    name: 'a load that is not said and comes to what is granted',
    board: boards.fresh,
    bytes: unsaid(405),
  },
  {
    name: 'a load that nobody knows, and half of the board granted',
    board: boards.fresh,
    bytes: unsaidOpen(500),
  },
  {
    name: 'health window of ten minutes',
    board: boards.fresh,
    bytes: packBundle({ ...input, healthMs: 600_000 }, [alice]).bytes,
  },
  {
    name: 'engine condition',
    board: boards.engine,
    bytes: signBundle({ ...kalman, engine: hex('a0a1a2a3') }, images.kalman, [alice, nadia]).bytes,
  },
  {
    name: 'next number',
    board: { ...boards.fresh, committed },
    bytes: packBundle({ ...input, number: 8 }, [alice]).bytes,
  },
  {
    name: 'as far ahead as the bound allows',
    board: { ...boards.fresh, committed },
    bytes: packBundle({ ...input, number: 7 + 1024 }, [alice]).bytes,
  },
  {
    name: 'first of a new epoch',
    board: { ...boards.later, committed },
    bytes: packBundle({ ...input, epoch: 1, number: 100 }, [alice]).bytes,
  },
  {
    name: 'lower number than in the epoch before',
    board: { ...boards.later, committed: { ...committed, number: 5000 } },
    bytes: packBundle({ ...input, epoch: 1, number: 100 }, [alice]).bytes,
  },
  {
    name: 'the committed one again',
    board: { ...boards.fresh, committed },
    bytes: packBundle(input, [alice]).bytes,
    same: true,
  },
];
