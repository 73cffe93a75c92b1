import { describe, expect, it } from 'vitest';
import { openssl, sign, verify } from './ed25519.js';
import { toHex } from './ids.js';
import { KeyError, makeKey, openKey, readKey, writeKey } from './keys.js';

const seed = new Uint8Array(32).fill(7);
const made = makeKey({ name: 'alice', roles: ['root', 'release'], passphrase: 'correct horse', seed });
const text = writeKey(made);

describe('key files', () => {
  it('come back and open', () => {
    expect(readKey(text)).toEqual(made);
    const signer = openKey(readKey(text), 'correct horse');
    expect(toHex(signer.seed)).toBe(toHex(seed));
    expect(verify(seed, sign(seed, signer.seed), made.publicKey, openssl)).toBeUndefined();
  });

  it('do not show their secret, and are new each time', () => {
    expect(text).not.toContain(toHex(seed));
    const other = makeKey({ name: 'alice', roles: ['release'], passphrase: 'correct horse', seed });
    expect(other.secret.box).not.toBe(made.secret.box);
    expect(toHex(makeKey({ name: 'x', roles: ['operator'], passphrase: '' }).publicKey)).not.toBe(
      toHex(made.publicKey),
    );
  });

  it('stay shut for a wrong passphrase and for a changed secret', () => {
    expect(() => openKey(made, 'Correct horse')).toThrow(KeyError);
    const box = `${made.secret.box.slice(0, -2)}${made.secret.box.endsWith('00') ? '01' : '00'}`;
    expect(() => openKey({ ...made, secret: { ...made.secret, box } }, 'correct horse')).toThrow('passphrase');
  });

  it('notice a public key that is not theirs', () => {
    expect(() => openKey({ ...made, publicKey: new Uint8Array(32) }, 'correct horse')).toThrow('public key');
  });

  it.each([
    ['no JSON', 'alice'],
    ['no object', '[]'],
    ['null', 'null'],
    ['another format', text.replace('tars-key-1', 'tars-key-2')],
    ['an unknown role', text.replace('"root"', '"king"')],
    ['a short key', text.replace(/"publicKey": "../, '"publicKey": "')],
    ['a cost that fills the memory', text.replace('"n": 32768', '"n": 1073741824')],
    ['a cost that is no power of two', text.replace('"n": 32768', '"n": 30000')],
    ['no secret', text.replace('"secret"', '"secrets"')],
    ['no salt', text.replace('"salt"', '"sole"')],
  ])('are refused: %s', (_, changed) => expect(() => readKey(changed)).toThrow(KeyError));
});
