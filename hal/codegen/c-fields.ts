/** Field rows as C: members of a struct, the table that describes them, and the name of a list of fields. */
import type { Field, FieldType } from '../contract/index.js';
import { limits } from '../contract/index.js';
import { meaningOf } from './doc-fields.js';

const members: Record<FieldType, string> = {
  bool: 'bool',
  u8: 'uint8_t',
  u16: 'uint16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  i64: 'int64_t',
  f32: 'float',
  text: 'tars_text',
  bytes: 'tars_bytes',
  value: 'tars_value',
  values: 'tars_values',
  u32s: 'tars_u32s',
  u16s: '',
};

/** Types that a field which may be left out can have: what `tars_row_decode` can fill in. */
const omissible: readonly FieldType[] = ['u8', 'u16', 'u32', 'f32', 'text'];

/** Definition of the struct `name` with these fields; empty if there are none. */
export function struct(name: string, fields: readonly Field[]): string {
  if (fields.length === 0) return '';
  const lines = fields.map(
    (field) =>
      `  ${members[field.type]} ${field.name}; /* ${field.unit ? `${field.unit}; ` : ''}${meaningOf(field)} */\n`,
  );
  return `typedef struct {\n${lines.join('')}} ${name};\n`;
}

/**
 * Table of the fields of struct `name`, or of its member with that prefix, as `static const tars_field <table>[]`;
 * empty if there are none.
 */
export function fieldTable(tableName: string, name: string, fields: readonly Field[], prefix = ''): string {
  if (fields.length === 0) return '';
  const lines = fields.map((field) => {
    verify(field);
    return `  {TARS_TYPE_${field.type.toUpperCase()}, offsetof(${name}, ${prefix}${field.name}), ${limitOf(field)}},\n`;
  });
  return `static const tars_field ${tableName}[] = {\n${lines.join('')}};\n`;
}

const NUMBERS: readonly FieldType[] = ['bool', 'u8', 'u16', 'u32', 'i32', 'i64', 'f32', 'value'];

/** The longest that a field may be; of a number, what it is when it was left out. */
const limitOf = (field: Field): number =>
  NUMBERS.includes(field.type) ? Number(field.default ?? 0) : (field.max ?? Number(field.default ?? 0));

/** Initialiser of a tars_row over that table. */
export const rowOf = (tableName: string, fields: readonly Field[], kind: string): string =>
  `{${tableName}, ${fields.length}, ${required(fields)}, ${kind}}`;

/** How many fields are always written: up to the last one without a default. */
export function required(fields: readonly Field[]): number {
  return fields.findLastIndex((field) => field.default === undefined) + 1;
}

/** Stops the generator where the C side couldn't hold what the contract says. */
function verify(field: Field): void {
  const capacity: Partial<Record<FieldType, number>> = { values: limits.fields.value, u32s: limits.modules.value };
  const most = capacity[field.type];
  if (members[field.type] === '') throw new Error(`${field.name}: ${field.type} can't be a field of a row`);
  if (most !== undefined && (field.max ?? Infinity) > most) throw new Error(`${field.name}: more than ${most} items`);
  if (['text', 'bytes'].includes(field.type) && field.max === undefined)
    throw new Error(`${field.name}: no longest length`);
  if (field.default !== undefined && !omissible.includes(field.type))
    throw new Error(`${field.name}: ${field.type} can't be left out`);
  if (!Number.isInteger(limitOf(field)) || limitOf(field) < 0 || limitOf(field) >= 2 ** 18)
    throw new Error(`${field.name}: ${limitOf(field)} doesn't fit a tars_field`);
}
