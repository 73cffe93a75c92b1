import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openssl, publicKey, sign, tweetnacl, verify } from './ed25519.js';
import { fromHex, toHex } from './ids.js';

interface Edge {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}
const edges = JSON.parse(
  readFileSync(new URL('../../hal/vectors/ed25519-speccheck.json', import.meta.url), 'utf8'),
) as readonly Edge[];

/**
 * Our verdicts on the twelve edge cases. 3 is of mixed order and right without cofactor; 4 and 5 are right only with
 * cofactor; in 8 and 9 R, in 10 and 11 the key is spelled non-canonically.
 */
const verdicts = [
  'small_order',
  'small_order',
  'small_order',
  undefined,
  'bad_signature',
  'bad_signature',
  'malleable',
  'malleable',
  'small_order',
  'small_order',
  'small_order',
  'small_order',
];

describe.each([tweetnacl, openssl])('Ed25519 by $name', (engine) => {
  it('gives the strict verdict on the twelve edge cases', () => {
    expect(edges).toHaveLength(12);
    expect(
      edges.map((edge) => verify(fromHex(edge.message), fromHex(edge.signature), fromHex(edge.pub_key), engine)),
    ).toEqual(verdicts);
  });

  it('signs as RFC 8032 does (7.1, test 2)', () => {
    const seed = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    expect(toHex(publicKey(seed))).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(toHex(sign(Uint8Array.of(0x72), seed, engine))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('takes what the other one signed, and nothing else', () => {
    const other = engine === openssl ? tweetnacl : openssl;
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, fc.uint8Array({ maxLength: 100 }), fc.nat(511), (seed, message, bit) => {
        const signature = sign(message, seed, other);
        expect(verify(message, signature, publicKey(seed), engine)).toBeUndefined();
        const flipped = signature.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(verify(message, flipped, publicKey(seed), engine)).toBeDefined();
        expect(verify(Uint8Array.of(...message, 0), signature, publicKey(seed), engine)).toBe('bad_signature');
      }),
      { numRuns: 25 },
    );
  });

  it('refuses keys and signatures of other lengths', () => {
    const seed = new Uint8Array(32);
    const signature = sign(seed, seed, engine);
    expect(verify(seed, signature.subarray(1), publicKey(seed), engine)).toBe('bad_signature');
    expect(verify(seed, signature, publicKey(seed).subarray(1), engine)).toBe('bad_signature');
  });
});
