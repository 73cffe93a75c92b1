/**
 * `hal/vectors/messages.json`: every body of the link, the bench and the fleet with its least and its most values, and
 * the frame that carries it. The bytes come from cborg and zlib, not from our own codecs, so that those are tested
 * against something.
 */
import { encode, Token, Type } from 'cborg';
import { crc32 } from 'node:zlib';
import type { Field, Message } from '../contract/index.js';
import { frame } from '../contract/index.js';
import { type ProtocolName, protocols } from './contract.js';
import { type FloatSample, least, most, type Sample, sampleJson } from './samples.js';

/** Part of a message that has a body of its own. */
export type Part = 'request' | 'event' | 'response';

/** One golden body. `values` are the fields in order; `code` is there in responses. */
export interface MessageVector {
  readonly protocol: ProtocolName;
  readonly message: Message;
  readonly part: Part;
  readonly code?: number;
  readonly values: readonly Sample[];
  readonly seq: number;
}

/** Error of the vector of a failed request. */
const FAILED = -67;

function* bodies(protocol: ProtocolName): Generator<Omit<MessageVector, 'seq'>> {
  const ends = (fields: readonly Field[]): Sample[][] =>
    fields.length > 0 ? [fields.map(least), fields.map(most)] : [[]];
  const rows = protocols[protocol];
  for (const message of rows) {
    for (const values of ends(message.fields)) yield { protocol, message, part: message.kind, values };
    for (const values of message.response ? ends(message.response) : [])
      yield { protocol, message, part: 'response', code: 0, values };
  }
  const first = rows[0];
  if (first?.response) yield { protocol, message: first, part: 'response', code: FAILED, values: [] };
}

/** All golden bodies. Sequence numbers step through both bytes. */
export function messageVectors(): MessageVector[] {
  return [...bodies('link'), ...bodies('bench'), ...bodies('fleet')].map((vector, i) => ({
    ...vector,
    seq: (i * 257 + 1) & 0xffff,
  }));
}

const floats = { Object: (box: FloatSample) => [new Token(Type.float, box.float)] };

/** The body in CBOR. */
export function vectorBody(vector: MessageVector): Uint8Array {
  return encode(vector.code === undefined ? vector.values : [vector.code, ...vector.values], { typeEncoders: floats });
}

/** The frame on the wire. */
export function vectorWire(vector: MessageVector): Uint8Array {
  const id = vector.message.id | (vector.part === 'response' ? frame.response : 0);
  const inner = Buffer.concat([Buffer.from([id, vector.seq & 0xff, vector.seq >> 8]), vectorBody(vector)]);
  const sum = Buffer.alloc(frame.crc);
  sum.writeUInt32LE(crc32(inner));
  return Buffer.concat([Buffer.of(0), stuffed(Buffer.concat([inner, sum])), Buffer.of(0)]);
}

/** COBS by its definition: split at zeros, then cut each piece into blocks of 254. */
function stuffed(bytes: Buffer): Buffer {
  const pieces = bytes
    .toString('latin1')
    .split('\0')
    .map((piece) => Buffer.from(piece, 'latin1'));
  const blocks = pieces.flatMap((piece, i) => {
    const full = Math.floor(piece.length / 254);
    // After a full block the zero that ends the piece needs a block of its own; at the very end there is none.
    const last = full > 0 && piece.length % 254 === 0 && i === pieces.length - 1 ? full : full + 1;
    return Array.from({ length: last }, (_, n) => piece.subarray(n * 254, (n + 1) * 254));
  });
  return Buffer.concat(blocks.map((block) => Buffer.concat([Buffer.of(block.length + 1), block])));
}

/** The file: one vector a line. */
export function vectorsJson(): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const lines = messageVectors().map((vector) =>
    JSON.stringify({
      protocol: vector.protocol,
      message: vector.message.name,
      part: vector.part,
      ...(vector.code === undefined ? {} : { code: vector.code }),
      values: vector.values.map(sampleJson),
      seq: vector.seq,
      body: hex(vectorBody(vector)),
      wire: hex(vectorWire(vector)),
    }),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}
