import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cbor, CborError, CborFloat, decodeCbor, encodeCbor } from './cbor.js';
import { type ItemJson, itemOf } from './testing/vectors.js';

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../hal/vectors/${name}`, import.meta.url), 'utf8')) as T;
const unhex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const own = read<readonly { hex: string; value?: ItemJson; refused?: string }[]>('cbor.json');
const rfc =
  read<readonly { hex: string; roundtrip: boolean; decoded?: unknown; diagnostic?: string }[]>('cbor-appendix-a.json');

describe('hal/vectors/cbor.json', () => {
  it.each(own.filter((row) => row.value !== undefined))('$hex is $value', ({ hex: bytes, value }) => {
    expect(decodeCbor(unhex(bytes))).toEqual(itemOf(value as ItemJson));
    expect(hex(encodeCbor(itemOf(value as ItemJson)))).toBe(bytes);
  });

  it.each(own.filter((row) => row.refused !== undefined))('refuses $hex: $refused', ({ hex: bytes }) => {
    expect(() => decodeCbor(unhex(bytes))).toThrow(CborError);
  });
});

/** What the contract has no use for: f64, tags, simple values other than false, true and null. */
const unused = /^(fb|c[0-9a-f]|d[0-9a-f]|f7|f0|f8)/;

describe('RFC 8949, appendix A', () => {
  const [taken, refused] = [
    rfc.filter((row) => row.roundtrip && !unused.test(row.hex)),
    rfc.filter((row) => !row.roundtrip || unused.test(row.hex)),
  ];

  it('is split as expected', () => expect([taken.length, refused.length]).toEqual([50, 32]));
  it.each(taken)('takes $hex and writes it back', ({ hex: bytes }) =>
    expect(hex(encodeCbor(decodeCbor(unhex(bytes))))).toBe(bytes),
  );
  it.each(refused)('refuses $hex', ({ hex: bytes }) => expect(() => decodeCbor(unhex(bytes))).toThrow(CborError));
});

/** Any item. Numbers beyond 2^53 are bigints, as the decoder gives them back. */
const item = fc.letrec<{ item: Cbor }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.bigInt({ min: 1n << 53n, max: (1n << 64n) - 1n }),
    fc.bigInt({ min: -(1n << 64n), max: -(1n << 53n) }),
    fc.float().map((value) => new CborFloat(value)),
    fc.array(tie('item'), { maxLength: 6 }),
    fc
      .array(fc.tuple(fc.oneof(fc.nat(), fc.string({ unit: 'grapheme' })), tie('item')), { maxLength: 6 })
      .map((pairs) => new Map(pairs)),
  ),
})).item;

describe('canonical form', () => {
  it('gives back every item', () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
    );
  });

  it('has one spelling: what decodes encodes to the same bytes', () => {
    let decoded = 0;
    fc.assert(
      fc.property(item, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, flip) => {
        const bytes = encodeCbor(value);
        bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ flip;
        try {
          expect(hex(encodeCbor(decodeCbor(bytes)))).toBe(hex(bytes));
          decoded++;
        } catch (error) {
          if (!(error instanceof CborError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
    expect(decoded).toBeGreaterThan(100);
  });

  it('refuses every proper prefix', () => {
    fc.assert(
      fc.property(item, (value) => {
        const bytes = encodeCbor(value);
        for (let size = 0; size < bytes.length; size++)
          expect(() => decodeCbor(bytes.subarray(0, size))).toThrow(CborError);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what has no form', () => {
  it.each([0.5, NaN, 2 ** 60, 1n << 64n, -(1n << 64n) - 1n, '\ud800'])('refuses %s', (value) => {
    expect(() => encodeCbor(value)).toThrow(CborError);
  });
  it('refuses to nest without end', () =>
    expect(() => decodeCbor(new Uint8Array(1000).fill(0x81))).toThrow('nested too deeply'));
});
