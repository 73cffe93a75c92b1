/** Good bundles for another device, or for another time: vendor, class, engine, order of numbers. */
import { packBundle, signBundle } from '../../bundle.js';
import { documentDigest } from '../../envelope.js';
import { boards, DEVICE_ID, images, keys, OTHER_VENDOR, type VectorBoard } from '../cast.js';
import { hex } from '../forge.js';
import { base, document, good, input, signed, type Attack } from './base.js';

const { alice, carol, nadia } = keys;
const { fresh } = boards;

const committed = { epoch: 0, number: 7, digest: documentDigest(document) };
const after: VectorBoard = { ...fresh, committed };

export const target: readonly Attack[] = [
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
