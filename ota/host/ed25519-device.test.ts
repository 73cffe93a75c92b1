/**
 * The board's Ed25519, compiled for this machine, against OpenSSL behind the host's wrapper, and against vectors of
 * others.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { openssl, sign, tweetnacl, verify } from './ed25519.js';
import { fromHex, toHex } from './ids.js';
import { compileFilter, field, runFilter } from './testing/device-filter.js';
import { publicKeyOf, signatureCase, type SignatureCase } from './testing/signature-cases.js';

const CASES = runs({ full: 100_000, short: 550 });
const SIGNED = runs({ full: 10_000, short: 100 });
/** Lines that the filter is given at once. */
const BATCH = 10_000;

interface Wycheproof {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}
const wycheproof = JSON.parse(
  readFileSync(new URL('../../hal/vectors/wycheproof-ed25519.json', import.meta.url), 'utf8'),
) as Wycheproof;

let filter = '';
beforeAll(() => {
  filter = compileFilter();
}, 120_000);

const names = new Map<string, string>(errors.map(({ name, code }) => [String(code), name]));
/** The board's verdicts: names of refusals, `undefined` where it takes a signature. */
const board = (cases: readonly SignatureCase[]): (string | undefined)[] =>
  runFilter(
    filter,
    'signature',
    cases.map(({ message, signature, key }) => [field(message), field(signature), field(key)].join(' ')),
  ).map((code) => (code === '0' ? undefined : (names.get(code) ?? code)));
const host = ({ message, signature, key }: SignatureCase, engine = openssl): string | undefined =>
  verify(message, signature, key, engine);

const HOUR_MS = 3_600_000;

describe("the board's Ed25519", () => {
  it('takes what Wycheproof calls valid and nothing else, as the host does with both engines', () => {
    const rows = wycheproof.testGroups.flatMap(({ publicKey, tests }) =>
      tests.map(({ tcId, comment, msg, sig, result }) => ({
        name: `${tcId} ${comment}`,
        valid: result === 'valid',
        of: { message: fromHex(msg), signature: fromHex(sig), key: fromHex(publicKey.pk) },
      })),
    );
    expect(rows).toHaveLength(wycheproof.numberOfTests);
    for (const engine of [openssl, tweetnacl])
      expect(rows.filter(({ of, valid }) => (host(of, engine) === undefined) !== valid)).toEqual([]);
    // Another length never comes to the board's function: the form of documents is checked before.
    const whole = rows.filter(({ of }) => of.signature.length === 64);
    expect(whole.length).toBe(139);
    const verdicts = board(whole.map(({ of }) => of));
    expect(whole.filter(({ valid }, i) => (verdicts[i] === undefined) !== valid)).toEqual([]);
    expect(verdicts).toEqual(whole.map(({ of }) => host(of)));
  });

  it(`gives OpenSSL's verdict on ${CASES} signatures, whole, damaged and of mixed order`, { timeout: HOUR_MS }, () => {
    const verdicts = new Map<string | undefined, number>();
    for (let start = 0; start < CASES; start += BATCH) {
      const cases = Array.from({ length: Math.min(BATCH, CASES - start) }, (_, i) => signatureCase(start + i));
      const [ours, theirs] = [board(cases), cases.map((each) => host(each))];
      const differing = cases.flatMap((each, i) =>
        ours[i] === theirs[i]
          ? []
          : [`case ${start + i}: board ${ours[i]}, OpenSSL ${theirs[i]}, key ${toHex(each.key)}`],
      );
      expect(differing).toEqual([]);
      for (const verdict of ours) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    // An eleventh is honest, and a good part of those of mixed order happens to be right.
    expect(verdicts.get(undefined)).toBeGreaterThan(CASES / 11);
    for (const name of ['malleable', 'small_order', 'bad_signature'])
      expect(verdicts.get(name)).toBeGreaterThan(CASES / 20);
    report('Ed25519, board and OpenSSL', { signatures: CASES, taken: verdicts.get(undefined) ?? 0, differences: 0 });
  });

  it(`makes the keys and signatures of OpenSSL, ${SIGNED} times`, { timeout: HOUR_MS }, () => {
    const rows = Array.from({ length: SIGNED }, (_, i) => ({ ...signatureCase(11 * i), seed: signatureCase(i).key }));
    const answers = runFilter(
      filter,
      'sign',
      rows.map(({ seed, message }) => `${field(seed)} ${field(message)}`),
    );
    expect(answers).toEqual(
      rows.map(({ seed, message }) => `${toHex(publicKeyOf(seed))}${toHex(sign(message, seed))} 0`),
    );
  });
});
