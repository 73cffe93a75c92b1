import { kinds, limits, manifest as keys, sources as sourceKinds, stateFields } from '../../hal/contract/index.js';
import type { Field } from '../../hal/contract/index.js';
import { CborError, CborFloat, decodeCbor } from '../wire/cbor.js';
import type { Cbor } from '../wire/cbor.js';
import { checkManifest } from './manifest-check.js';
import type { FieldValue, Manifest, SourceRow, StateRow, Use } from './manifest.js';

/** A decoded manifest, or the board's verdict (an error of the contract) and what is wrong. */
export type ManifestResult =
  { readonly manifest: Manifest } | { readonly verdict: 'manifest' | 'abi'; readonly why: string };

/** Leaves the decoder; never seen outside of this file. */
class Malformed extends Error {
  constructor(
    message: string,
    readonly verdict: 'manifest' | 'abi' = 'manifest',
  ) {
    super(message);
  }
}

/** Decodes and checks the content of section `t`, by the same rules as the board. */
export function decodeManifest(bytes: Uint8Array): ManifestResult {
  try {
    if (bytes.length > limits.manifest.value)
      throw new Malformed(`${bytes.length} bytes, at most ${limits.manifest.value}`);
    const manifest = readMap(decodeCbor(bytes));
    const why = checkManifest(manifest);
    return why === undefined ? { manifest } : { verdict: 'manifest', why };
  } catch (error) {
    if (error instanceof Malformed) return { verdict: error.verdict, why: error.message };
    if (error instanceof CborError) return { verdict: 'manifest', why: error.message };
    throw error;
  }
}

function readMap(map: Cbor): Manifest {
  if (!(map instanceof Map)) throw new Malformed('not a map');
  const values: Record<string, unknown> = {};
  // An older or newer ABI may mean other things by the other keys, so it is looked at first.
  if (map.has(0) && integer(map.get(0), 0, 0xff, 'abi') !== limits.abi.value)
    throw new Malformed(`ABI ${String(map.get(0))}, this is ${limits.abi.value}`, 'abi');
  for (const key of map.keys())
    if (!keys.some((row) => row.key === key)) throw new Malformed(`unknown key ${String(key)}`);
  for (const row of keys) {
    const given: Cbor | undefined = map.get(row.key);
    if (given === undefined) {
      if (!('default' in row)) throw new Malformed(`${row.name} is missing`);
      values[row.name] = row.default;
      continue;
    }
    values[row.name] = readKey(row, given);
    if ('default' in row && isSame(values[row.name], row.default))
      throw new Malformed(`${row.name} is its default and must be left out`);
  }
  return values as unknown as Manifest;
}

const isSame = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, i) => item === b[i]) : a === b;

function readKey(row: (typeof keys)[number], given: Cbor): unknown {
  const { name, type } = row;
  const least = 'min' in row ? row.min : 0;
  const most = 'max' in row ? row.max : Infinity;
  switch (type) {
    case 'u8':
    case 'u16':
    case 'u32':
      return integer(given, least, Math.min(most, LARGEST[type]), name);
    case 'text':
      return text(given, most, name, least);
    case 'u16s':
      return list(given, most, name, least).map((item) => integer(item, 0, LARGEST.u16, name));
    case 'u32s':
      return list(given, most, name, least).map((item) => integer(item, 0, LARGEST.u32, name));
    case 'texts':
      return list(given, most, name).map((item) => text(item, limits.log_text.value, name));
    case 'kinds':
      return list(given, most, name).map(readUse);
    case 'sources':
      return list(given, most, name).map(readSource);
    case 'states':
      return list(given, most, name).map(readState);
  }
}

const LARGEST = { u8: 0xff, u16: 0xffff, u32: 0xffffffff } as const;

function list(value: Cbor, max: number, name: string, min = 0): readonly Cbor[] {
  if (!Array.isArray(value)) throw new Malformed(`${name} is no list`);
  if (value.length < min) throw new Malformed(`${name} has ${value.length} items, at least ${min}`);
  if (value.length > max) throw new Malformed(`${name} has ${value.length} items, at most ${max}`);
  return value as readonly Cbor[];
}

function integer(value: Cbor | undefined, low: number, high: number, name: string): number {
  if (typeof value !== 'number' || value < low || value > high)
    throw new Malformed(`${name} is no integer from ${low} to ${high}`);
  return value;
}

function text(value: Cbor | undefined, max: number, name: string, min = 0): string {
  if (typeof value !== 'string') throw new Malformed(`${name} is no text`);
  if (value.length < min) throw new Malformed(`${name} is empty`);
  if (new TextEncoder().encode(value).length > max) throw new Malformed(`${name} is longer than ${max} bytes`);
  return value;
}

function readUse(row: Cbor): Use {
  const { row: kind, fields } = readRow(row, kinds, 'kind');
  return { kind: kind.name, fields };
}

function readSource(row: Cbor): SourceRow {
  const { row: kind, fields } = readRow(row, sourceKinds, 'source');
  return { kind: kind.name, fields };
}

function readState(row: Cbor): StateRow {
  return readFields('a variable', stateFields, list(row, 0xff, 'a variable')) as StateRow;
}

function readRow<T extends { readonly id: number; readonly name: string; readonly fields: readonly Field[] }>(
  value: Cbor,
  rows: readonly T[],
  what: string,
): { row: T; fields: Record<string, FieldValue> } {
  const [id, ...values] = list(value, 0xff, what);
  const row = rows.find((each) => each.id === id);
  if (!row) throw new Malformed(`unknown ${what} ${String(id)}`);
  return { row, fields: readFields(row.name, row.fields, values) };
}

/** The fields of a row; those at its end that are their defaults are left out, and only they. */
function readFields(name: string, rows: readonly Field[], values: readonly Cbor[]): Record<string, FieldValue> {
  if (values.length > rows.length) throw new Malformed(`${name} has too many fields`);
  const fields: Record<string, FieldValue> = {};
  rows.forEach((field, i) => {
    const given = values[i];
    if (given === undefined && field.default === undefined) throw new Malformed(`${name} lacks ${field.name}`);
    fields[field.name] = given === undefined ? (field.default as FieldValue) : readField(field, given);
  });
  const lastField = rows[values.length - 1];
  if (lastField?.default !== undefined && fields[lastField.name] === lastField.default)
    throw new Malformed(`${lastField.name} is its default and must be left out`);
  return fields;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i32: [-0x80000000, 0x7fffffff],
};

function readField(field: Field, value: Cbor): FieldValue {
  if (field.type === 'text') return text(value, field.max ?? 0, field.name);
  if (field.type === 'f32') {
    if (!(value instanceof CborFloat)) throw new Malformed(`${field.name} is no float`);
    return value.value;
  }
  if (field.type === 'value') {
    if (value instanceof CborFloat) return { float: value.value };
    if (typeof value === 'number' || typeof value === 'bigint') return wide(value, field.name);
    throw new Malformed(`${field.name} is no number`);
  }
  if (field.type === 'i64') {
    if (typeof value === 'number' || typeof value === 'bigint') return wide(value, field.name);
    throw new Malformed(`${field.name} is no integer`);
  }
  const [low, high] = RANGES[field.type] ?? [0, 0];
  return integer(value, low, high, field.name);
}

/** An integer of 64 bits with sign. */
function wide(value: number | bigint, name: string): number | bigint {
  if (BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) throw new Malformed(`${name} has more than 64 bits`);
  return value;
}
