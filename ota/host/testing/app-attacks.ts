/**
 * Attacks inside of the payload: signed apps that are no apps, and modules that ask for more than the bundle grants.
 */
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  manifestBytes,
  withManifest,
} from '../../../sdk/image/index.js';
import { packApp, unpackApp } from '../app.js';
import type { Budget } from '../budget.js';
import { makeBundleManifest, packBundle, requestsOf, signBundle } from '../bundle.js';
import { cbor, concat } from '../cbor.js';
import { type Grant, grantFor } from '../grant.js';
import { sha256 } from '../ids.js';
import { callBitmap } from '../request.js';
import type { Cell } from '../rows.js';
import { attackBase } from './attacks.js';
import type { Attack } from './attacks/base.js';
import { boards, images, keys } from './cast.js';
import { hex, swap } from './forge.js';

const { base, input } = attackBase;
const { fresh } = boards;
const module = unpackApp(images.kalman).modules[0] as Uint8Array;
const request = requestsOf(images.kalman);
const least = grantFor(request);

/** An image that the packer would not take, signed as if it had. */
const smuggled = (image: Uint8Array): Uint8Array =>
  signBundle({ ...base, digest: sha256(image), size: image.length }, image, [keys.alice]).bytes;
const granted = (grant: Grant): Uint8Array => packBundle({ ...input, grant }, [keys.alice]).bytes;

/** The least grant with one field of the row `index` changed. */
function narrowed(index: number, field: string, value: Cell): Uint8Array {
  const rows = least.rows.map((row, i) => (i === index ? { ...row, cells: { ...row.cells, [field]: value } } : row));
  return granted({ ...least, rows });
}

/** The app with changes in its module's manifest, under the least grant of the one that asks for less. */
function greedy(asked: Partial<Manifest>, most: Partial<Budget>): Uint8Array {
  const result = decodeManifest(manifestBytes(module) as Uint8Array);
  if (!('manifest' in result)) throw new Error(result.why);
  const image = packApp({
    class: 'virtual',
    modules: [withManifest(module, encodeManifest({ ...result.manifest, ...asked }))],
  });
  const grant = { ...least, budget: { ...least.budget, ...most } };
  return signBundle({ ...base, grant, digest: sha256(image), size: image.length }, image, [keys.alice]).bytes;
}

/**
 * The app without a load, but with a reaction of 100,000 instructions each 10 ms: at the pace of the virtual board that
 * is 20.244 % of its time, twice of which are 405 permille.
 */
const UNSAID = { load: 0, bounds: [64, 0, 2, 0, 100_000, 4] };
export const unsaid = (granted: number): Uint8Array => greedy(UNSAID, { load: granted, instructions: 100_000 });
/** The same with a timer, of which nobody knows how often it expires: half of a board's time. */
export const unsaidOpen = (granted: number): Uint8Array =>
  greedy({ load: 0, timers: 1, bounds: [64, 0, 2, 0, 2, 0, 2, 0] }, { load: granted });

const number = (value: number): Cell => ({ value, raw: cbor.int(value) });
const text = (value: string): Cell => ({ value, raw: cbor.text(value) });
const half = (value: number, raw: string): Cell => ({ value, raw: hex(raw) });
const indexOf = (kind: string, name?: string): number =>
  least.rows.findIndex((row) => row.kind === kind && (name === undefined || row.cells.name?.value === name));

const beyond: readonly (readonly [string, Uint8Array])[] = [
  ['a bus that is not granted', narrowed(indexOf('i2c'), 'name', text('I2C2'))],
  ['an address that is not granted', narrowed(indexOf('i2c'), 'address', number(0x49))],
  ['a faster clock than granted', narrowed(indexOf('i2c'), 'speed', number(399))],
  ['a topic that is not granted', narrowed(indexOf('publish'), 'topic', text('kf/y'))],
  ['a higher rate than granted', narrowed(indexOf('publish'), 'rate', number(99))],
  ['a parameter that is not granted', narrowed(indexOf('param', 'q'), 'name', text('s'))],
  ['a parameter that goes higher than granted', narrowed(indexOf('param', 'q'), 'max', half(0.5, 'f93800'))],
  ['a parameter that goes lower than granted', narrowed(indexOf('param', 'q'), 'min', half(0.5, 'f93800'))],
  ['no handle granted at all', granted({ ...least, rows: [] })],
  [
    'more instructions than granted',
    granted({ ...least, budget: { ...least.budget, instructions: least.budget.instructions - 1 } }),
  ],
  ['a higher priority than granted', greedy({ priority: 8 }, { priority: 7 })],
  ['a larger load than granted', greedy({ load: 251 }, { load: 250 })],
  ['a load that is not said and comes to more than is granted', unsaid(404)],
  ['a load that nobody knows, and less than half of the board granted', unsaidOpen(499)],
  ['more host calls than granted', granted({ ...least, budget: { ...least.budget, calls: least.budget.calls - 1 } })],
];

const otherClass = packApp({ class: 'nucleo-h743zi', modules: [module] });
const noSections = hex('0061736d01000000');

export const appAttacks: readonly Attack[] = [
  { name: 'payload that is no app image', error: 'invalid', board: fresh, bytes: smuggled(hex('deadbeef')) },
  {
    name: 'app image with trailing bytes',
    error: 'invalid',
    board: fresh,
    bytes: smuggled(concat(images.kalman, Uint8Array.of(0))),
  },
  {
    name: 'app image whose class is not UTF-8',
    error: 'invalid',
    board: fresh,
    bytes: smuggled(swap(images.kalman, '677669727475616c', '67ff69727475616c')),
  },
  {
    name: 'app image of another class in a bundle for this one',
    error: 'class',
    board: fresh,
    bytes: smuggled(otherClass),
  },
  {
    name: 'module that is no Wasm',
    error: 'module',
    board: fresh,
    bytes: smuggled(packApp({ class: 'virtual', modules: [hex('00')] })),
  },
  {
    name: 'module of another version of Wasm',
    error: 'module',
    board: fresh,
    bytes: smuggled(swap(images.kalman, '0061736d01000000', '0061736d02000000')),
  },
  {
    name: 'manifest whose calls do not ascend',
    error: 'manifest',
    board: fresh,
    bytes: smuggled(swap(images.kalman, '0283020304', '0283030204')),
  },
  {
    name: 'module without a manifest',
    error: 'manifest',
    board: fresh,
    bytes: smuggled(packApp({ class: 'virtual', modules: [noSections] })),
  },
  {
    name: 'module of ABI 1',
    error: 'abi',
    board: fresh,
    bytes: smuggled(swap(images.kalman, '0174a70002', '0174a70001')),
  },
  {
    name: "call beyond the bundle's",
    error: 'missing_call',
    board: fresh,
    bytes: signBundle({ ...makeBundleManifest(input), calls: callBitmap([2, 3]) }, images.kalman, [keys.alice]).bytes,
  },
  ...beyond.map(([name, bytes]): Attack => ({
    name: `capability beyond the grant: ${name}`,
    error: 'grant',
    board: fresh,
    bytes,
  })),
];
