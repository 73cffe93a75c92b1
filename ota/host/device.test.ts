/** The host's verifier and the device's, two programs written apart, name the same refusal for the same bytes. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { sampled } from '../../sdk/testing/figures.js';
import { isRefused, readEnvelope, signDocument } from './envelope.js';
import { toHex } from './ids.js';
import { verifyRoot, type TrustedRoot } from './root.js';
import { boardOf, DEVICE_ID, keys, rootDocuments } from './testing/cast.js';
import { accepted } from './testing/accepted.js';
import { appAttacks } from './testing/app-attacks.js';
import { attacks } from './testing/attacks.js';
import { bundleLine as line, type Case, compileFilter, field as hex, runFilter } from './testing/device-filter.js';
import { NONCE, operatorCases } from './testing/fleet-cases.js';
import { rootCases } from './testing/root-cases.js';
import { verifyBundle } from './verify.js';

let filter = '';
beforeAll(() => {
  filter = compileFilter();
}, 120_000);

const codes = new Map<string, number>(errors.map(({ name, code }) => [name, code]));
const device = (mode: Parameters<typeof runFilter>[1], lines: readonly string[]): string[] =>
  runFilter(filter, mode, lines);

/** The host's answer in the filter's form. */
function host({ board, bytes, payload }: Case): string {
  const verdict = verifyBundle(bytes, boardOf(board), payload ? { payload } : {});
  if ('refused' in verdict) return String(codes.get(verdict.refused.error));
  return verdict.accepted.same ? 'same' : '0';
}

/** All cases on which the two differ, by name; there must be none. */
function differences(cases: readonly (readonly [string, Case])[]): string[] {
  const answers = device(
    'bundle',
    cases.map(([, each]) => line(each)),
  );
  expect(answers).toHaveLength(cases.length);
  return cases.flatMap(([name, each], i) => {
    const expected = host(each);
    return expected === answers[i] ? [] : [`${name}: host ${expected}, device ${answers[i]}: ${toHex(each.bytes)}`];
  });
}

const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const out = bytes.slice();
  out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7));
  return out;
};
const taken = (name: string): (typeof accepted)[number] =>
  accepted.find((row) => row.name === name) as (typeof accepted)[number];

/** Of the bits of a document, every third is flipped; the long tests flip all. */
const bits = (bytes: Uint8Array): number[] => sampled(8 * bytes.length, 3);

describe('host and device', () => {
  it('agree on every row of the tables', () => {
    const rows = [...accepted, ...attacks, ...appAttacks];
    expect(rows.length).toBeGreaterThan(100);
    expect(differences(rows.map((row) => [row.name, row]))).toEqual([]);
  });

  it('agree on flipped bits, and take none', () => {
    const row = taken('kalman');
    const cases = bits(row.bytes).map((bit): Case => ({ ...row, bytes: flip(row.bytes, bit) }));
    const answers = device('bundle', cases.map(line));
    expect(answers.filter((answer) => answer === '0' || answer === 'same')).toEqual([]);
    expect(answers).toEqual(cases.map(host));
  }, 120_000);

  it('agree on every length', () => {
    const row = taken('kalman');
    expect(
      differences(
        [...Array(row.bytes.length).keys()].map((size) => [
          `${size} bytes`,
          { ...row, bytes: row.bytes.slice(0, size) },
        ]),
      ),
    ).toEqual([]);
  });

  it('agree on flipped bits of a manifest that is signed with it', () => {
    const row = taken('kalman');
    const envelope = readEnvelope('bundle', row.bytes);
    if (isRefused(envelope)) throw new Error(envelope.why);
    const { document, payload } = envelope;
    const cases = bits(document).map(
      (bit) =>
        [`bit ${bit}`, { ...row, bytes: signDocument('bundle', flip(document, bit), [keys.alice], payload) }] as const,
    );
    expect(differences(cases)).toEqual([]);
  }, 120_000);

  it('agree on bundles with several bytes changed, cut out and put in', () => {
    const rows = [...accepted, ...attacks, ...appAttacks].filter(
      ({ bytes }) => bytes.length > 0 && bytes.length < 4000,
    );
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.uint8Array({ minLength: 1, maxLength: 3 }));
    const random = fc.sample(fc.tuple(fc.nat(rows.length - 1), fc.array(edit, { minLength: 1, maxLength: 3 })), {
      numRuns: 4000,
      seed: 4,
    });
    const cases = random.map(([index, edits], i) => {
      const row = rows[index] as (typeof rows)[number];
      const bytes = edits.reduce((whole, [place, removed, inserted]) => {
        const at = place % whole.length;
        return Uint8Array.from([...whole.subarray(0, at), ...inserted, ...whole.subarray(at + removed)]);
      }, row.bytes);
      return [`${i}, from ${row.name}`, { ...row, bytes }] as const;
    });
    expect(differences(cases)).toEqual([]);
  }, 120_000);

  it('agree on root documents, with flipped bits and every length of the next one', () => {
    const next = rootCases.find(({ name }) => name === 'next version with one more key') as (typeof rootCases)[number];
    const cases = [
      ...rootCases,
      ...bits(next.bytes).map((bit) => ({ ...next, bytes: flip(next.bytes, bit) })),
      ...[...Array(next.bytes.length).keys()].map((size) => ({ ...next, bytes: next.bytes.slice(0, size) })),
    ];
    const answers = device(
      'root',
      cases.map(({ old, bytes }) => `${hex(old)} ${toHex(bytes)}`),
    );
    const trusted = (bytes: Uint8Array): TrustedRoot => {
      const result = verifyRoot(bytes);
      if ('refused' in result) throw new Error(result.refused.why);
      return result.accepted;
    };
    const expected = cases.map(({ old, bytes }) => {
      const result = verifyRoot(bytes, old && trusted(old));
      return 'refused' in result ? String(codes.get(result.refused.error)) : result.same ? 'same' : '0';
    });
    expect(answers).toEqual(expected);
  }, 120_000);

  it.each(['command', 'beacon'] as const)(
    'agree on what operators sign, with the names of the refusals: %s',
    (document) => {
      const cases = operatorCases.filter((each) => each.document === document);
      const answers = device(
        document,
        cases.map(({ root, ageMs, counter, timeS, bytes }) =>
          [hex(root && rootDocuments[root]), hex(DEVICE_ID), hex(NONCE), ageMs, counter, timeS, toHex(bytes)].join(' '),
        ),
      );
      const named = (i: number): string => cases[i]?.name ?? '';
      expect(answers.map((answer, i) => [named(i), answer])).toEqual(
        cases.map(({ error }, i) => [named(i), error ? String(codes.get(error)) : '0']),
      );
    },
  );
});
