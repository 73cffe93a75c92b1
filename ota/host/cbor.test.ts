import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleParameters, errors, formErrors, refusals, rootRefusals } from '../../hal/contract/index.js';
import { cbor, compareBytes, FormError, Reader } from './cbor.js';
import { fromHex, toHex } from './ids.js';
import { readItem, writeItem } from './suit.js';

interface Example {
  readonly hex: string;
  readonly roundtrip: boolean;
  readonly decoded?: unknown;
  readonly diagnostic?: string;
}
const examples = JSON.parse(
  readFileSync(new URL('../../hal/vectors/cbor-appendix-a.json', import.meta.url), 'utf8'),
) as readonly Example[];

/** Result of reading one item: its bytes written again, or the fault. */
function again(bytes: Uint8Array): string {
  try {
    const reader = new Reader(bytes);
    const item = readItem(reader);
    reader.done('the item');
    return toHex(writeItem(item));
  } catch (error) {
    if (error instanceof FormError) return error.code;
    throw error;
  }
}

/**
 * Major type 7 beyond false, true and null: floats, undefined and other simple values have no place in a SUIT manifest.
 */
const hasSimple = ({ hex }: Example): boolean =>
  /^(f[0-9a-b]|f7|f[8-9ab])/.test(hex) && !['f4', 'f5', 'f6'].includes(hex);

describe('the examples of RFC 8949, appendix A', () => {
  // One tagged time holds a float; whatever holds one is left out here, bare floats are the last group.
  const plain = examples.filter((example) => !hasSimple(example) && !example.hex.startsWith('c1fb'));
  it('are all there', () => expect([examples.length, plain.length]).toEqual([82, 55]));

  it.each(plain.filter(({ roundtrip }) => roundtrip).map(({ hex }) => hex))('%s comes back', (hex) =>
    expect(again(fromHex(hex))).toBe(hex),
  );
  it.each(plain.filter(({ roundtrip }) => !roundtrip).map(({ hex }) => hex))('%s is refused for its spelling', (hex) =>
    expect(again(fromHex(hex))).toBe('encoding'),
  );
  it.each(examples.filter(hasSimple).map(({ hex }) => hex))('%s has no place in a manifest', (hex) =>
    expect(formErrors).toContain(again(fromHex(hex))),
  );

  it('are truncated when they are cut, and trailing with a byte more', () => {
    for (const { hex } of plain.filter(({ roundtrip }) => roundtrip)) {
      const bytes = fromHex(hex);
      for (let length = 0; length < bytes.length; length++)
        expect(again(bytes.subarray(0, length)), hex).toBe('truncated');
      expect(again(fromHex(`${hex}00`))).toBe('trailing');
    }
  });
});

describe('numbers of a row', () => {
  const read = (hex: string): unknown => {
    try {
      return new Reader(fromHex(hex)).number('it');
    } catch (error) {
      return error instanceof FormError ? error.code : error;
    }
  };
  it.each([
    ['f93c00', 1],
    ['f90001', 2 ** -24],
    ['f97bff', 65504],
    ['f9fc00', -Infinity],
    ['fa3a83126f', Math.fround(0.001)],
    ['fa47800000', 65536],
    ['fa3f800000', 'encoding'],
    ['fa7f800000', 'encoding'],
    ['f97e00', 'encoding'],
    ['fb3ff0000000000000', 'profile'],
    ['f6', 'profile'],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['3bffffffffffffffff', -(2n ** 64n)],
    ['1817', 'encoding'],
    ['19', 'truncated'],
  ])('%s', (hex, value) => expect(read(hex)).toEqual(value));
});

describe('the contract of bundles', () => {
  it('orders parameters by the bytes of their labels', () => {
    const labels = bundleParameters.map(({ label }) => cbor.int(label));
    expect([...labels].sort(compareBytes)).toEqual(labels);
  });

  it('numbers its checks without gaps, with errors that exist', () => {
    for (const rows of [refusals, rootRefusals]) {
      expect(rows.map(({ order }) => order)).toEqual(rows.map((_, i) => i + 1));
      for (const { error } of rows) expect(errors.map(({ name }) => name)).toContain(error);
    }
  });
});
