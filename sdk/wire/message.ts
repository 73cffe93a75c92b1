/**
 * Bodies of messages of link, bench and fleet: typed by the contract's rows, checked on the way out and on the way in.
 */
import type { Field, FieldType, Message } from '../../hal/contract/index.js';
import { bench as benchRows, blobs, fleet as documents, link as linkRows } from '../../hal/contract/index.js';
import { type Cbor, CborError, CborFloat, decodeCbor, encodeCbor } from './cbor.js';

/** A number of a message or parameter: an integer, or a float wrapped so that 1.0 stays one. */
export type WireValue = number | bigint | CborFloat;

/** What a field holds in TypeScript. i64 is a safe integer: microseconds for 285 years. */
export interface FieldValues {
  readonly bool: boolean;
  readonly u8: number;
  readonly u16: number;
  readonly u32: number;
  readonly i32: number;
  readonly i64: number;
  readonly f32: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly value: WireValue;
  readonly values: readonly WireValue[];
  readonly u32s: readonly number[];
  readonly u16s: readonly number[];
}

/** The object that a list of fields describes. */
export type Body<F extends readonly Field[]> = { readonly [K in F[number] as K['name']]: FieldValues[K['type']] };

/** Fields of a request or an event. */
export type MessageBody<M extends Message> = Body<M['fields']>;

/** Fields of a response without error. */
export type ResponseBody<M extends Message> = M extends { readonly response: infer R extends readonly Field[] }
  ? Body<R>
  : never;

/** A response: fields, or the negative code of an error. */
export type Response<M extends Message> =
  { readonly ok: true; readonly body: ResponseBody<M> } | { readonly ok: false; readonly code: number };

type ByName<M extends readonly Message[]> = { readonly [K in M[number] as K['name']]: K };

function byName<const M extends readonly Message[]>(rows: M): ByName<M> {
  return Object.fromEntries(rows.map((row) => [row.name, row])) as ByName<M>;
}

/** Messages of the link, by name. */
export const link = byName(linkRows);
/** Messages of the bench, by name. */
export const bench = byName(benchRows);

const fleetRows = [...documents, ...blobs] as const;
/** Documents and messages of a fleet, by name. */
export const fleet = byName(fleetRows);

const protocols = { link: linkRows, bench: benchRows, fleet: fleetRows } as const;

/** A message by its id, undefined if the contract has none. */
export function messageById(protocol: keyof typeof protocols, id: number): Message | undefined {
  const rows: readonly Message[] = protocols[protocol];
  return rows.find((row) => row.id === id);
}

/** Smallest code of a response. */
const CODE_MIN = -255;

/** Encodes a request or an event. Throws CborError if a value doesn't fit its field. */
export function encodeBody<M extends Message>(message: M, body: MessageBody<M>): Uint8Array {
  return encodeCbor(encodeFields(message.fields, body));
}

/** Decodes a request or an event. Throws CborError for anything but exactly its fields. */
export function decodeBody<M extends Message>(message: M, bytes: Uint8Array): MessageBody<M> {
  return decodeFields(message.fields, asArray(decodeCbor(bytes))) as MessageBody<M>;
}

/** Encodes a response. */
export function encodeResponse<M extends Message>(message: M, response: Response<M>): Uint8Array {
  if (!response.ok) return encodeCbor([response.code]);
  return encodeCbor([0, ...encodeFields(message.response ?? [], response.body)]);
}

/** Decodes a response. Throws CborError for anything but a code and, if it is 0, the fields. */
export function decodeResponse<M extends Message>(message: M, bytes: Uint8Array): Response<M> {
  const [code, ...items] = asArray(decodeCbor(bytes));
  if (typeof code !== 'number' || code > 0 || code < CODE_MIN) throw new CborError('response without a code');
  if (code === 0) return { ok: true, body: decodeFields(message.response ?? [], items) as ResponseBody<M> };
  if (items.length > 0) throw new CborError('error with fields');
  return { ok: false, code };
}

function asArray(value: Cbor): readonly Cbor[] {
  if (!Array.isArray(value)) throw new CborError('body that is no array');
  return value as readonly Cbor[];
}

function encodeFields(fields: readonly Field[], body: object): Cbor[] {
  const values = body as Readonly<Record<string, unknown>>;
  return fields.map((field) => {
    const item = toCbor(field.type, values[field.name]);
    if (item === undefined || !fits(field, item))
      throw new CborError(`${field.name} is not a ${field.type} within its limits`);
    return item;
  });
}

function decodeFields(fields: readonly Field[], items: readonly Cbor[]): object {
  if (items.length !== fields.length) throw new CborError(`${items.length} fields instead of ${fields.length}`);
  return Object.fromEntries(
    fields.map((field, i) => {
      const item = items[i] as Cbor;
      if (!fits(field, item)) throw new CborError(`${field.name} is not a ${field.type} within its limits`);
      return [field.name, item instanceof CborFloat && field.type === 'f32' ? item.value : item];
    }),
  );
}

/** The CBOR item of a value; undefined where it has another type than its field. Ranges are checked by `fits`. */
function toCbor(type: FieldType, value: unknown): Cbor | undefined {
  if (type === 'f32') return typeof value === 'number' ? new CborFloat(value) : undefined;
  if (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof Uint8Array ||
    value instanceof CborFloat
  )
    return value;
  if (typeof value === 'number' || typeof value === 'bigint' || Array.isArray(value)) return value as Cbor;
  return undefined;
}

/** Integers that a field may hold, both ends included. */
const ranges = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i32: [-0x80000000, 0x7fffffff],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

const I64 = { min: -(1n << 63n), max: (1n << 63n) - 1n } as const;

function inRange(type: keyof typeof ranges, item: Cbor): boolean {
  return typeof item === 'number' && Number.isInteger(item) && item >= ranges[type][0] && item <= ranges[type][1];
}

function isValue(item: Cbor): boolean {
  if (typeof item === 'bigint') return item >= I64.min && item <= I64.max;
  return item instanceof CborFloat || (typeof item === 'number' && Number.isSafeInteger(item));
}

function isList(item: Cbor, max: number, fitsOne: (one: Cbor) => boolean): boolean {
  return Array.isArray(item) && item.length <= max && (item as readonly Cbor[]).every(fitsOne);
}

/** Whether an item is what its field may hold. */
function fits(field: Field, item: Cbor): boolean {
  const max = field.max ?? Infinity;
  switch (field.type) {
    case 'bool':
      return typeof item === 'boolean';
    case 'f32':
      return item instanceof CborFloat;
    case 'text':
      return typeof item === 'string' && new TextEncoder().encode(item).length <= max;
    case 'bytes':
      return item instanceof Uint8Array && item.length <= max;
    case 'value':
      return isValue(item);
    case 'values':
      return isList(item, max, isValue);
    case 'u32s':
      return isList(item, max, (one) => inRange('u32', one));
    case 'u16s':
      return isList(item, max, (one) => inRange('u16', one));
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i32':
    case 'i64':
      return inRange(field.type, item);
  }
}
