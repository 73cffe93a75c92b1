import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackApp } from './app.js';
import { concat } from './cbor.js';
import { fromHex } from './ids.js';
import { callBitmap, callIds, readRequest } from './request.js';
import { images } from './testing/cast.js';

const kalman = unpackApp(images.kalman).modules[0] as Uint8Array;
const header = fromHex('0061736d01000000');
/** A module that is only a manifest: custom section `t` with this content, shorter than 126 bytes. */
const withManifest = (hex: string): Uint8Array =>
  concat(header, Uint8Array.of(0, 2 + hex.length / 2, 1, 0x74), fromHex(hex));

describe('requests', () => {
  it('say what the module asks for', () => {
    const request = readRequest(kalman);
    if ('error' in request) throw new Error(request.why);
    expect(request).toMatchObject({ name: 'kf', calls: [2, 3, 4] });
    expect(request.uses.map(({ kind }) => kind)).toEqual(['i2c', 'publish', 'param', 'param']);
    expect(request.uses[0]?.cells.speed?.value).toBe(400);
    expect(request.budget.calls).toBe(4);
  });

  it.each([
    ['an empty file', '', 'module'],
    ['another file', '00'.repeat(8), 'module'],
    ['no section', '0061736d01000000', 'manifest'],
    ['a section that is cut short', '0061736d010000000005', 'module'],
    ['a size of six bytes', '0061736d0100000000808080808000', 'module'],
    ['a size without end', '0061736d010000000080', 'module'],
    ['a name beyond its section', '0061736d01000000000105', 'module'],
  ])('are refused: %s', (_, hex, error) => expect(readRequest(fromHex(hex))).toMatchObject({ error }));

  it.each([
    ['no map', '80', 'manifest'],
    ['another ABI', 'a10001', 'abi'],
    ['no name', 'a10002', 'manifest'],
    ['an unknown key', 'a10d01', 'manifest'],
    ['an unknown kind', 'a40002016178038182182000' + '0780', 'manifest'],
    ['nested as deeply as it is long', `a6000201617807800a${'81'.repeat(110)}`, 'manifest'],
    ['a tag', 'a40002016178078008c100', 'manifest'],
    ['a lying list', 'a400020161780780' + '0a9b0000ffffffffffff', 'manifest'],
  ])('are refused: manifest with %s', (_, hex, error) =>
    expect(readRequest(withManifest(hex))).toMatchObject({ error }),
  );

  it.each([
    ['whole', 'a30002016178078400000000', undefined],
    ['a value out of range under a key that no request has', 'a400020161780784000000000c02', 'manifest'],
    ['bounds of no reaction', 'a300020161780782' + '0000', 'manifest'],
    ['another ABI before a byte that is no CBOR', 'a20001ff', 'abi'],
    ['another ABI and too many keys', 'b901000001', 'manifest'],
  ])('are read with all of the manifest: %s', (_, hex, error) => {
    const request = readRequest(withManifest(hex));
    expect('error' in request ? request.error : undefined).toBe(error);
  });

  it('are refused with two manifests, and with one that is too long', () => {
    const one = withManifest('a30002016178078000'.slice(0, 16)).subarray(8);
    expect(readRequest(concat(header, one, one))).toMatchObject({
      error: 'manifest',
      why: expect.stringContaining('2 manifests') as string,
    });
    const long = concat(header, Uint8Array.of(0, 0x82, 0x20, 1, 0x74), new Uint8Array(4096));
    expect(readRequest(long)).toMatchObject({
      error: 'manifest',
      why: expect.stringContaining('at most 2048') as string,
    });
  });

  it('never throw, whatever is changed in a module', () => {
    const edit = fc.record({ at: fc.nat(kalman.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = kalman.slice();
        for (const { at, value } of edits) bytes[at] = value;
        const request = readRequest(bytes);
        expect(
          'error' in request ? ['module', 'manifest', 'abi'].includes(request.error) : request.uses.length <= 32,
        ).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('have calls as bitmaps', () => {
    expect(callIds(callBitmap([127, 0, 9]))).toEqual([0, 9, 127]);
    expect(callBitmap([])).toHaveLength(0);
  });
});
