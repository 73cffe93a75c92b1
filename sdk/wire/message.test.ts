import { describe, expect, it } from 'vitest';
import {
  bench,
  CborError,
  CborFloat,
  decodeBody,
  decodeResponse,
  encodeBody,
  encodeCbor,
  encodeResponse,
  link,
} from './index.js';

describe('bodies are typed by the contract', () => {
  it('encodes fields in the order of the row', () => {
    expect(encodeBody(link['param.set'], { value: new CborFloat(1), name: 'q', behaviour: 'kf' })).toEqual(
      encodeCbor(['kf', 'q', new CborFloat(1)]),
    );
  });

  it('decodes to numbers, texts and bytes', () => {
    const body = decodeBody(link.publish, encodeCbor(['t', [1, new CborFloat(0.5), -(1n << 63n)]]));
    const topic: string = body.topic;
    expect(topic).toBe('t');
    expect(body.fields).toEqual([1, new CborFloat(0.5), -(1n << 63n)]);
    const level: number = decodeBody(bench['pin.set'], encodeCbor(['LED', 2])).level;
    expect(level).toBe(2);
  });

  it('keeps a code apart from fields', () => {
    const failed = decodeResponse(link.board, encodeResponse(link.board, { ok: false, code: -67 }));
    expect(failed).toEqual({ ok: false, code: -67 });
    expect(decodeResponse(link.start, encodeResponse(link.start, { ok: true, body: {} }))).toEqual({
      ok: true,
      body: {},
    });
  });
});

describe('values outside their field', () => {
  // @ts-expect-error a field is missing
  const missing = (): Uint8Array => encodeBody(bench['pin.set'], { pin: 'LED' });
  // @ts-expect-error a field has another type
  const mistyped = (): Uint8Array => encodeBody(link.hello, { nonce: '7' });
  it.each([
    ['a missing field', missing],
    ['a text for a number', mistyped],
    ['257 in a u8', (): Uint8Array => encodeBody(link.list, { index: 257 })],
    ['33 bytes of a name of 32', (): Uint8Array => encodeBody(link.start, { behaviour: 'ä'.repeat(16) + 'x' })],
    [
      '17 of 16 numbers',
      (): Uint8Array => encodeBody(link.publish, { topic: 't', fields: Array.from({ length: 17 }, () => 1) }),
    ],
    ['65 bits', (): Uint8Array => encodeBody(link['param.set'], { behaviour: 'b', name: 'n', value: 1n << 63n })],
  ])('refuses to encode %s', (_, encode) => expect(encode).toThrow(CborError));

  it.each([
    ['too few fields', []],
    ['too many fields', [1, 2]],
    ['an i32 in a u32', [-1]],
    ['a float in a u32', [new CborFloat(1)]],
    ['no array', 1],
  ])('refuses to decode %s', (_, value) => expect(() => decodeBody(link.hello, encodeCbor(value))).toThrow(CborError));

  it.each([
    ['no code', []],
    ['a positive code', [1]],
    ['an error with fields', [-1, 2]],
    ['success without the fields', [0]],
  ])('refuses a response with %s', (_, value) =>
    expect(() => decodeResponse(link['param.get'], encodeCbor(value))).toThrow(CborError),
  );
});
