import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../hal/contract/index.js';
import { bench, blobs, fleet, link } from '../../hal/contract/index.js';
import { CborFloat } from './cbor.js';
import {
  decodeBody,
  decodeResponse,
  encodeBody,
  encodeFrame,
  encodeResponse,
  type Frame,
  FrameReceiver,
  type MessageBody,
  type Response,
} from './index.js';
import { type ItemJson, itemOf } from './testing/vectors.js';

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../hal/vectors/${name}`, import.meta.url), 'utf8')) as T;
const unhex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const protocols: Readonly<Record<'link' | 'bench' | 'fleet', readonly Message[]>> = {
  link,
  bench,
  fleet: [...fleet, ...blobs],
};

interface MessageVector {
  readonly protocol: keyof typeof protocols;
  readonly message: string;
  readonly part: 'request' | 'event' | 'response';
  readonly code?: number;
  readonly values: readonly ItemJson[];
  readonly seq: number;
  readonly body: string;
  readonly wire: string;
}

/** Row and fields of a vector's body. */
function rowOf(vector: MessageVector): { message: Message; body: Record<string, unknown> } {
  const rows: readonly Message[] = protocols[vector.protocol];
  const message = rows.find(
    (row) => row.name === vector.message && (row.kind === 'event') === (vector.part === 'event'),
  );
  if (!message) throw new Error(`no message ${vector.message}`);
  const fields = vector.part === 'response' ? (message.response ?? []) : message.fields;
  const values = vector.values.map((value, i) => {
    const item = itemOf(value);
    return item instanceof CborFloat && fields[i]?.type === 'f32' ? item.value : item;
  });
  return { message, body: Object.fromEntries(values.map((value, i) => [fields[i]?.name, value])) };
}

describe('hal/vectors/messages.json', () => {
  const vectors = read<readonly MessageVector[]>('messages.json');

  it('has every message', () => {
    expect(new Set(vectors.map((vector) => `${vector.protocol} ${vector.message} ${vector.part}`)).size).toBe(
      Object.values(protocols)
        .flat()
        .reduce((sum, row) => sum + (row.kind === 'request' ? 2 : 1), 0),
    );
  });

  it.each(vectors)('$protocol $message $part $seq', (vector) => {
    const { message, body } = rowOf(vector);
    const bytes = unhex(vector.body);
    if (vector.part === 'response') {
      const response = (vector.code ? { ok: false, code: vector.code } : { ok: true, body }) as Response<Message>;
      expect(hex(encodeResponse(message, response))).toBe(vector.body);
      expect(decodeResponse(message, bytes)).toEqual(response);
    } else {
      expect(hex(encodeBody(message, body as MessageBody<Message>))).toBe(vector.body);
      expect(decodeBody(message, bytes)).toEqual(body);
    }
    const frame: Frame = { id: message.id, response: vector.part === 'response', seq: vector.seq, body: bytes };
    expect(hex(encodeFrame(frame))).toBe(vector.wire);
    expect(new FrameReceiver().push(unhex(vector.wire))).toEqual([{ type: 'frame', frame }]);
  });
});

describe('hal/vectors/frames.json', () => {
  interface FrameVector {
    readonly note: string;
    readonly stream: string;
    readonly out: readonly (
      { readonly console: string } | { readonly frame: Omit<Frame, 'body'> & { readonly body: string } }
    )[];
    readonly damaged: number;
  }
  it.each(read<readonly FrameVector[]>('frames.json'))('$note', ({ stream, out, damaged }) => {
    const receiver = new FrameReceiver();
    expect(receiver.push(unhex(stream))).toEqual(
      out.map((one) =>
        'console' in one
          ? { type: 'console', bytes: unhex(one.console) }
          : { type: 'frame', frame: { ...one.frame, body: unhex(one.frame.body) } },
      ),
    );
    expect(receiver.damaged).toBe(damaged);
    expect(receiver.frames).toBe(out.filter((one) => 'frame' in one).length);
  });
});
