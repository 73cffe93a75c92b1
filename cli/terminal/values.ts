/** Values as people write and read them: parameters, message fields, log lines, times. */
import { calls } from '../../hal/contract/index.js';
import { CborFloat, type WireValue } from '../../sdk/wire/index.js';
import { UserError } from '../errors.js';

/** One field of a message schema, which is written `name:type unit,…`. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
}

export function parseSchema(schema: string): SchemaField[] {
  if (schema === '') return [];
  return schema.split(',').map((field) => {
    const [name = '', rest = ''] = field.split(':');
    const [type = '', unit = ''] = rest.split(' ');
    return { name, type, unit };
  });
}

/** A value of the wire as a plain number. */
export const plain = (value: WireValue): number | bigint => (value instanceof CborFloat ? value.value : value);

/** The shortest decimal number that is this f32; nine digits always are. */
function showFloat(value: number): string {
  const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value) ?? 9;
  return String(Number(value.toPrecision(digits)));
}

/** A value for people. `type` tells a bool from a number. */
export function showValue(value: WireValue, { type = '', unit = '' } = {}): string {
  if (type === 'bool') return plain(value) ? 'true' : 'false';
  const text = value instanceof CborFloat ? showFloat(value.value) : String(value);
  return text + unit;
}

/** A value as JSON: 64-bit integers that a double can't hold become text. */
export function jsonValue(value: WireValue, type = ''): number | string | boolean | null {
  const number = plain(value);
  if (type === 'bool') return Boolean(number);
  if (typeof number === 'bigint') return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
  return Number.isFinite(number) ? number : null;
}

/** Reads a value of a type. Throws a UserError that says what would be right. */
export function parseValue(text: string, type: string): WireValue {
  if (type === 'bool') {
    if (/^(true|1|on)$/.test(text)) return 1;
    if (/^(false|0|off)$/.test(text)) return 0;
    throw wrongValue(text, 'true or false');
  }
  if (type === 'f32') {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw wrongValue(text, 'a number, like 0.5');
    return new CborFloat(value);
  }
  if (!/^[+-]?\d+$/.test(text)) throw wrongValue(text, 'a whole number, like 12');
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) throw wrongValue(text, 'a whole number of at most 64 bits');
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const wrongValue = (text: string, right: string): UserError =>
  new UserError('bad_value', `${text} is not the right kind of value`, { cure: `write ${right}, without a unit` });

/** Fills the `{}` of a log template. */
export function fillLog(template: string, fields: readonly WireValue[]): string {
  let next = 0;
  return template.replace(/\{\}/g, () => {
    const value = fields[next++];
    return value === undefined ? '{}' : showValue(value);
  });
}

/**
 * A log line for people. What a board says of itself has no behaviour, and numbers for host calls: the contract has
 * their names.
 */
export function showLine({
  behaviour,
  text,
  fields,
}: {
  readonly behaviour: string;
  readonly text: string;
  readonly fields: readonly WireValue[];
}): string {
  const line = fillLog(text, fields);
  if (behaviour !== '') return line;
  return line.replace(/\bcall (\d+)\b/, (said, id) => calls.find((row) => row.id === Number(id))?.name ?? said);
}

/** Microseconds since the board started, as seconds. */
export const showTime = (us: number): string => `${(us / 1e6).toFixed(6)}`.padStart(12);
