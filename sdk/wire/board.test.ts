/** The host's decoders and the firmware's, two programs written apart, give the same verdicts on the same bytes. */
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { decodeManifest, encodeManifest } from '../image/index.js';
import { type Cbor, CborFloat, decodeCbor, encodeCbor } from './cbor.js';
import { encodeFrame, FrameReceiver } from './frame.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'tars-codec-'));
const unhex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

beforeAll(() => {
  const wire = ['half', 'cbor', 'row', 'crc32', 'cobs', 'frame'].map((name) => `firmware/wire/${name}.c`);
  const core = ['manifest_decode', 'manifest_check'].map((name) => `firmware/core/${name}.c`);
  execFileSync(
    'gcc',
    [
      '-std=c11',
      '-O1',
      '-g',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all',
      ...['firmware/include', 'firmware/gen', 'firmware/core', 'firmware/test/codec', 'hal/include'].flatMap((dir) => [
        '-I',
        dir,
      ]),
      'firmware/test/codec/filter.c',
      'firmware/test/codec/dump.c',
      ...wire,
      ...core,
      'firmware/gen/tars_manifest.c',
      'firmware/gen/tars_kinds.c',
      '-o',
      join(scratch, 'filter'),
    ],
    { cwd: root },
  );
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

/** Answers of the firmware's decoder to many inputs at once. */
function board(mode: 'manifest' | 'frames', inputs: readonly Uint8Array[]): string[] {
  const output = execFileSync(join(scratch, 'filter'), [mode], {
    input: inputs.map((bytes) => `${hex(bytes)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return output.trimEnd().split('\n');
}

type Vector =
  | { readonly name: string; readonly bytes: readonly (readonly [string, string])[] }
  | { readonly refused: string; readonly why: string; readonly of: string; readonly from: string; readonly to: string };
const vectors = JSON.parse(readFileSync(join(root, 'hal/vectors/manifests.json'), 'utf8')) as readonly Vector[];

/** Bytes of a vector: written out, or another one with a change at the one byte where it matches. */
function bytesOf(vector: Vector): string {
  if ('bytes' in vector) return vector.bytes.map(([part]) => part).join('');
  const base = bytesOf(vectors.find((one) => 'name' in one && one.name === vector.of) as Vector);
  const at = [...Array(base.length / 2).keys()].find((i) => base.startsWith(vector.from, 2 * i)) ?? NaN;
  return base.slice(0, 2 * at) + vector.to + base.slice(2 * at + vector.from.length);
}

const code = (verdict: string): string => String(errors.find((error) => error.name === verdict)?.code);
/** The host's answer in the filter's form. */
const host = (bytes: Uint8Array): string => {
  const result = decodeManifest(bytes);
  return 'manifest' in result ? '0' : code(result.verdict);
};

/** Integers, floats and texts that lie at the edges of the contract's types. */
const edge: fc.Arbitrary<Cbor> = fc.oneof(
  fc.constantFrom<Cbor>(
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    16,
    17,
    100,
    0x77,
    0x78,
    255,
    256,
    65535,
    65536,
    2 ** 32 - 1,
    2 ** 32,
    -1,
    -2,
    500,
    1000,
    2500,
    1n << 63n,
    (1n << 63n) - 1n,
    -(1n << 63n),
    '',
    'a',
    'é'.repeat(16),
    'x'.repeat(33),
    true,
    null,
  ),
  fc.constantFrom(0, -0, 1, -1, 100, 100.5, NaN, Infinity, -Infinity).map((value) => new CborFloat(value)),
);

/** The item with one place in it changed: the `place`-th in order, counted round. */
function changed(item: Cbor, place: number, change: (item: Cbor) => Cbor): Cbor {
  let count = 0;
  const walk = (one: Cbor, act: boolean): Cbor => {
    const here = count++;
    if (act && here === target) return change(one);
    if (Array.isArray(one)) return (one as readonly Cbor[]).map((each) => walk(each, act));
    if (one instanceof Map)
      return new Map([...(one as ReadonlyMap<number, Cbor>)].map(([key, value]) => [key, walk(value, act)]));
    return one;
  };
  let target = -1;
  walk(item, false);
  target = place % count;
  count = 0;
  return walk(item, true);
}

/** One change: another value, an item of a list twice or missing. */
const change = fc.oneof(
  edge.map((value) => (): Cbor => value),
  fc.nat(20).map(
    (at) =>
      (item: Cbor): Cbor =>
        Array.isArray(item) && item.length > 0 ? item.toSpliced(at % item.length, 1) : item,
  ),
  fc.nat(20).map(
    (at) =>
      (item: Cbor): Cbor =>
        Array.isArray(item) && item.length > 0
          ? item.toSpliced(at % item.length, 0, item[at % item.length] as Cbor)
          : item,
  ),
  fc.tuple(fc.nat(13), edge).map(
    ([key, value]) =>
      (item: Cbor): Cbor =>
        item instanceof Map ? new Map([...(item as ReadonlyMap<number, Cbor>), [key, value]]) : item,
  ),
);

describe('manifests', () => {
  it('have the verdict that hal/vectors says, on both sides', () => {
    const inputs = vectors.map((vector) => unhex(bytesOf(vector)));
    const expected = vectors.map((vector) => ('refused' in vector ? code(vector.refused) : '0'));
    expect(inputs.map(host)).toEqual(expected);
    expect(board('manifest', inputs)).toEqual(expected);
  });

  it('that are taken are written again to the same bytes', () => {
    for (const vector of vectors.filter((one) => 'name' in one)) {
      const result = decodeManifest(unhex(bytesOf(vector)));
      expect('manifest' in result && hex(encodeManifest(result.manifest))).toBe(bytesOf(vector));
    }
  });

  it('with up to three changes get one verdict from host and board', () => {
    const whole = vectors.filter((one) => 'name' in one).map((vector) => decodeCbor(unhex(bytesOf(vector))));
    const inputs = fc.sample(
      fc
        .tuple(fc.constantFrom(...whole), fc.array(fc.tuple(fc.nat(500), change), { minLength: 1, maxLength: 3 }))
        .map(([item, changes]) => encodeCbor(changes.reduce((one, [place, act]) => changed(one, place, act), item))),
      { numRuns: 6000, seed: 7 },
    );
    const verdicts = inputs.map(host);
    const answers = board('manifest', inputs);
    const differing = inputs.flatMap((bytes, i) =>
      verdicts[i] === answers[i] ? [] : [`${hex(bytes)}: host ${verdicts[i]}, board ${answers[i]}`],
    );
    expect(differing.slice(0, 5)).toEqual([]);
    expect(verdicts.filter((verdict) => verdict === '0').length).toBeGreaterThan(300);
  }, 60_000);
});

describe('streams', () => {
  it('with noise and damage come apart in the same way', () => {
    const frame = fc.record({
      id: fc.nat(127),
      response: fc.boolean(),
      seq: fc.nat(65535),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    const damage = fc.oneof(
      { weight: 4, arbitrary: fc.constant((wire: Uint8Array) => wire) },
      fc.tuple(fc.nat(400), fc.nat(255)).map(
        ([at, byte]) =>
          (wire: Uint8Array) =>
            wire.with(at % wire.length, byte),
      ),
      fc.nat(400).map((at) => (wire: Uint8Array) => Uint8Array.from([...wire].toSpliced(at % wire.length, 1))),
    );
    const part = fc.oneof(
      fc.tuple(frame, damage).map(([one, act]) => act(encodeFrame(one))),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(1200).map((size) => Uint8Array.of(0, ...new Uint8Array(size).fill(2))),
    );
    const streams = fc
      .sample(
        fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => Uint8Array.from(Buffer.concat(parts))),
        { numRuns: 800, seed: 7 },
      )
      .filter((stream) => stream.length < 3500);
    const expected = streams.map((stream) => {
      const receiver = new FrameReceiver();
      const out = receiver
        .push(stream)
        .map((one) =>
          one.type === 'console'
            ? `c${hex(one.bytes)} `
            : `${one.frame.response ? 'r' : 'f'}${one.frame.id}.${one.frame.seq}.${hex(one.frame.body)} `,
        );
      return `${out.join('')}${receiver.damaged}`;
    });
    expect(streams.length).toBeGreaterThan(600);
    expect(board('frames', streams)).toEqual(expected);
  }, 60_000);
});
