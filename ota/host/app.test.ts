import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isModule, moduleDigest, packApp, unpackApp } from './app.js';

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('app image', () => {
  it('is CBOR [class, [modules]], byte for byte', () => {
    expect(hex(packApp({ class: 'virtual', modules: [wasm, Uint8Array.of(1)] }))).toBe(
      '82' + '67' + '7669727475616c' + '82' + '48' + '0061736d01000000' + '4101',
    );
  });

  it('comes back as it went', () => {
    const app = fc.record({
      class: fc.string({ minLength: 1, maxLength: 8 }),
      modules: fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(app, (value) => {
        expect(unpackApp(packApp(value))).toEqual(value);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['trailing bytes', '826161814101' + '00'],
    ['a cut end', '8261618141'],
    ['one item', '816161'],
    ['a class that is no text', '8201814101'],
    ['a module that is no byte string', '826161816131'],
    ['no modules', '82616180'],
    ['an empty module', '8261618140'],
    ['a length that is not in shortest form', '82616181580101'],
    ['an indefinite length', '9f6161814101ff'],
  ])('refuses %s', (_, bytes) => {
    expect(() => unpackApp(Buffer.from(bytes, 'hex'))).toThrow(AppError);
  });

  it('refuses what breaks a limit', () => {
    expect(() => packApp({ class: 'virtual', modules: Array.from({ length: 9 }, () => wasm) })).toThrow('at most 8');
    expect(() => packApp({ class: 'virtual', modules: [new Uint8Array(65537)] })).toThrow('65536');
    expect(() => packApp({ class: 'x'.repeat(33), modules: [wasm] })).toThrow('1 to 32');
  });

  it('throws nothing but AppError on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          return hex(packApp(unpackApp(bytes))) === hex(bytes);
        } catch (error) {
          return error instanceof AppError;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('names modules by SHA-256', () => {
    expect(hex(moduleDigest(Buffer.from('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(isModule(wasm)).toBe(true);
    expect(isModule(packApp({ class: 'virtual', modules: [wasm] }))).toBe(false);
  });
});
