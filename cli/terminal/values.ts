/** Values as people write and read them: parameters, message fields, log lines, times. */
import { calls } from '../../hal/contract/index.js';
import { CborFloat, type WireValue } from '../../sdk/wire/index.js';
import { isWhole, multiply, negate, parseDecimal, toF32, type Rational } from '../../sdk/compiler/rational.js';
import { conversion, sameDimension, unit as unitNamed } from '../../sdk/compiler/units.js';
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
  return Object.is(value, -0) ? '-0' : String(Number(value.toPrecision(digits)));
}

/** Type and unit of a value, as schemas name them. */
export interface ValueForm {
  readonly type?: string | undefined;
  readonly unit?: string | undefined;
}

/** A value for people; `parseValue` takes what is shown here. */
export function showValue(value: WireValue, { type = '', unit = '' }: ValueForm = {}): string {
  if (type === 'bool') return plain(value) ? 'true' : 'false';
  const text = value instanceof CborFloat ? showFloat(value.value) : String(asType(value, type));
  return text + unit;
}

/** A log line carries an u32 as its 32 bits. */
const asType = (value: number | bigint, type: string): number | bigint =>
  type === 'u32' && typeof value === 'number' && value < 0 ? value >>> 0 : value;

/** A value as JSON: 64-bit integers that a double can't hold, infinities and NaN become text. */
export function jsonValue(value: WireValue, type = ''): number | string | boolean {
  if (type === 'bool') return Boolean(plain(value));
  const number = value instanceof CborFloat ? value.value : asType(value, type);
  if (typeof number === 'bigint') return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
  return Number.isFinite(number) ? number : String(number);
}

/** Integers that a type holds, both ends included. */
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = Object.fromEntries(
  [8, 16, 32, 64].flatMap((bits) => [
    [`i${bits}`, [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]],
    [`u${bits}`, [0n, (1n << BigInt(bits)) - 1n]],
  ]),
);

/** A number and the unit behind it. */
const MEASURED = /^([+-]?)(\d{1,40}(?:\.\d{1,40})?(?:e[+-]?\d{1,2})?)([A-Za-z]+)$/;

/** A number with another unit that measures the same, in the wanted one: `3s` where `us` is wanted is 3000000. */
function converted(text: string, wanted: string): Rational | undefined {
  const [, sign, digits = '', name = ''] = MEASURED.exec(text) ?? [];
  if (name === '' || name === wanted) return undefined;
  const [from, to] = [unitNamed(name), unitNamed(wanted)];
  if (!from || !to || !sameDimension(from, to)) return undefined;
  const value = multiply(parseDecimal(digits), conversion(from, to));
  return sign === '-' ? negate(value) : value;
}

/** The digits of a value in its unit, whatever unit it is written with; what is no such value stays as it is. */
function inUnit(text: string, { type, unit }: { readonly type: string; readonly unit: string }): string {
  const value = unit === '' ? undefined : converted(text, unit);
  if (!value) return unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length) : text;
  if (type === 'f32') return String(toF32(value));
  return isWhole(value) ? String(value.n) : text;
}

/**
 * Reads a value of a type, with its unit, or another that measures the same, behind it or without. Throws a UserError
 * that says what would be right.
 */
export function parseValue(text: string, { type = '', unit = '' }: ValueForm): WireValue {
  const wrong = (right: string): UserError =>
    new UserError('bad_value', `${text} is not the right kind of value`, {
      cure: `write ${right}${unit && type !== 'bool' ? `, with ${unit} behind it or without` : ', without a unit'}`,
    });
  if (type === 'bool') {
    if (/^(true|1|on)$/.test(text)) return 1;
    if (/^(false|0|off)$/.test(text)) return 0;
    throw wrong('true or false');
  }
  const number = inUnit(text, { type, unit });
  if (type === 'f32') {
    const value = Number(number);
    const tooLarge = Number.isFinite(value) && !Number.isFinite(Math.fround(value));
    if (number.trim() === '' || tooLarge || (Number.isNaN(value) && number !== 'NaN'))
      throw wrong('a number, like 0.5');
    return new CborFloat(value);
  }
  if (!/^[+-]?\d{1,40}$/.test(number)) throw wrong('a whole number, like 12');
  const value = BigInt(number);
  const [low, high] = RANGES[type] ?? (RANGES['i64'] as readonly [bigint, bigint]);
  if (value < low || value > high) throw wrong(`a whole number from ${low} to ${high}`);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Where a log template has an argument, with its type if that isn't plain. */
const HOLE = /\{(bool|u32)?\}/g;

/** Types of the arguments of a log template. */
export const holesOf = (template: string): string[] => [...template.matchAll(HOLE)].map(([, type]) => type ?? '');

/** Fills the places of a log template. */
export function fillLog(template: string, fields: readonly WireValue[]): string {
  let next = 0;
  return template.replace(HOLE, (hole, type: string | undefined) => {
    const value = fields[next++];
    return value === undefined ? hole : showValue(value, { type });
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

/** A length of time for people, rounded up to three digits; one without an end is a dash. */
export function showDuration(us: number): string {
  if (us === Infinity) return '-';
  const [unit, size] = UNITS.find(([, each]) => us >= each) ?? ['us', 1];
  const count = us / size;
  const scale = 10 ** Math.max(0, 2 - Math.floor(Math.log10(Math.max(0.001, count))));
  return `${Math.ceil(count * scale - 1e-6) / scale}${unit}`;
}

const UNITS = [
  ['s', 1_000_000],
  ['ms', 1000],
] as const;

/** A share of the processor's time for people, from permille. */
export const percent = (permille: number): string => `${(permille / 10).toFixed(1)} %`;
