import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormError } from './cbor.js';
import { documentDigest } from './envelope.js';
import { fromHex, toHex } from './ids.js';
import { decodeSuit, encodeSuitManifest } from './suit.js';
import { boardOf, boards } from './testing/cast.js';
import { accepted } from './testing/accepted.js';
import { verifyBundle } from './verify.js';

interface Example {
  readonly example: number;
  readonly title: string;
  readonly unsigned: string;
  readonly signed: string;
  readonly severed?: string;
}
const examples = JSON.parse(
  readFileSync(new URL('../../hal/vectors/suit-examples.json', import.meta.url), 'utf8'),
) as readonly Example[];
const ES256 = -7;

describe("the specification's six examples", () => {
  it('are six', () => expect(examples.map(({ example }) => example)).toEqual([0, 1, 2, 3, 4, 5]));

  it.each(examples.map((each) => [each.example, each] as const))(
    'example %i: manifest and digest come back byte for byte',
    (_, { unsigned, signed, severed }) => {
      for (const hex of [unsigned, signed, ...(severed ? [severed] : [])]) {
        const envelope = decodeSuit(fromHex(hex));
        const document = encodeSuitManifest(envelope.manifest);
        expect(toHex(document)).toBe(toHex(envelope.document));
        expect(toHex(documentDigest(document))).toBe(toHex(envelope.digest.bytes));
        expect(envelope.digestFits).toBe(true);
        expect(envelope.manifest.map(({ name }) => name).slice(0, 3)).toEqual(['version', 'sequence', 'common']);
      }
    },
  );

  it.each(examples.map((each) => [each.example, each] as const))(
    'example %i: refused for its algorithm as signed, and unsigned without',
    (_, { unsigned, signed, severed }) => {
      expect(decodeSuit(fromHex(signed)).algorithms).toEqual([ES256]);
      for (const hex of [signed, ...(severed ? [severed] : [])])
        expect(verifyBundle(fromHex(hex), boardOf(boards.fresh))).toMatchObject({ refused: { error: 'algorithm' } });
      expect(verifyBundle(fromHex(unsigned), boardOf(boards.fresh))).toMatchObject({ refused: { error: 'unsigned' } });
    },
  );

  it('notice a changed manifest', () => {
    const bytes = fromHex(examples[0]?.signed ?? '');
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    expect(decodeSuit(bytes).digestFits).toBe(false);
  });
});

it('reads our own bundles as SUIT too', () => {
  for (const { bytes } of accepted) {
    const envelope = decodeSuit(bytes);
    expect(toHex(encodeSuitManifest(envelope.manifest))).toBe(toHex(envelope.document));
    expect(envelope.digestFits).toBe(true);
  }
});

it('refuses what is no envelope', () => {
  for (const hex of ['', '00', 'd86b00', 'd86ba0', 'd86ba102414180', '9f'])
    expect(() => decodeSuit(fromHex(hex))).toThrow(FormError);
});
