/** Rows of handles as modules ask for them and as grants allow them: fields by name, each with its bytes. */
import { kinds } from '../../hal/contract/index.js';
import type { Field, KindName } from '../../hal/contract/index.js';
import { cbor, type Reader } from './cbor.js';

/** Value of one field, and how it is spelled. */
export interface Cell {
  readonly value: number | bigint | string;
  readonly raw: Uint8Array;
}

export interface Row {
  readonly kind: KindName;
  readonly cells: Readonly<Record<string, Cell>>;
}

const RANGES: Partial<Record<Field['type'], readonly [number, number]>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i32: [-0x80000000, 0x7fffffff],
};
/** Initial bytes of f16 and f32. */
const FLOATS = [0xf9, 0xfa];

export type KindRow = (typeof kinds)[number];

/** A kind by its id. */
export const kindById = (id: number): KindRow | undefined => kinds.find((kind) => kind.id === id);

/**
 * Reads the `count` fields after the id of a row; trailing fields that equal their default are left out, and only they.
 */
export function readFields(reader: Reader, fields: readonly Field[], count: number): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const [i, field] of fields.entries())
    cells[field.name] = i < count ? readCell(reader, field) : defaultCell(reader, field);
  const last = fields[count - 1];
  if (count > fields.length) reader.fail('profile', 'a row has too many fields');
  if (last?.default !== undefined && cells[last.name]?.value === last.default)
    reader.fail('profile', `${last.name} is its default and must be left out`);
  return cells;
}

function readCell(reader: Reader, field: Field): Cell {
  const start = reader.at;
  const value = field.type === 'text' ? reader.text(field.max ?? 0, field.name) : readNumber(reader, field);
  return { value, raw: reader.bytes.slice(start, reader.at) };
}

function readNumber(reader: Reader, field: Field): number | bigint {
  const start = reader.at;
  const float = FLOATS.includes(reader.bytes[start] ?? 0);
  const value = reader.number(field.name);
  if (field.type !== 'value' && float !== (field.type === 'f32'))
    reader.fail('profile', `${field.name} is of another type`, start);
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    reader.fail('profile', `${field.name} is beyond 64 bits`, start);
  const range = RANGES[field.type];
  if (range && (value < range[0] || value > range[1])) reader.fail('profile', `${field.name} is out of range`, start);
  return value;
}

function defaultCell(reader: Reader, field: Field): Cell {
  if (field.default === undefined) return reader.fail('profile', `${field.name} is missing`);
  return spelled(field, field.default);
}

/** A default as it would be written. Floats never need it: the contract has them last, where defaults are left out. */
function spelled(field: Field, value: number | string | boolean): Cell {
  if (typeof value === 'string') return { value, raw: cbor.text(value) };
  return { value: Number(value), raw: field.type === 'f32' ? new Uint8Array() : cbor.int(Number(value)) };
}

/** Bytes of a row: the id of its kind, then the fields without trailing defaults. */
export function writeRow(kind: KindRow, fields: readonly Field[], cells: Readonly<Record<string, Cell>>): Uint8Array {
  const count =
    fields.findLastIndex((field) => field.default === undefined || cells[field.name]?.value !== field.default) + 1;
  return cbor.array(
    cbor.int(kind.id),
    ...fields.slice(0, count).map((field) => cells[field.name]?.raw ?? new Uint8Array()),
  );
}
