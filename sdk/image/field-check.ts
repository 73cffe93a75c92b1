/** What the contract's columns say that a field of a row may hold, for the host; a board has it as generated C. */
import { names, paramTypes, type RowField } from '../../hal/contract/index.js';
import type { FieldValue, Manifest } from './manifest.js';

type Fields = Readonly<Record<string, FieldValue>>;

const number = (value: FieldValue | undefined): number => (typeof value === 'object' ? value.float : Number(value));

/** True if a field of a row holds what its columns allow. */
export function fieldFits(m: Manifest, fields: Fields, field: RowField): boolean {
  const value = fields[field.name];
  if (field.type === 'text') return textFits(field, String(value));
  if (field.typed !== undefined) return typedFits(fields, field, field.typed);
  const n = number(value);
  return (
    inLimits(field, n) &&
    (field.within === undefined || isWithin(fields, field, field.within, n)) &&
    (field.atMost === undefined || n <= number(fields[field.atMost])) &&
    (field.inPeriodOf === undefined || n * number(fields[field.inPeriodOf]) <= 1_000_000) &&
    (field.below === undefined || n < { timers: m.timers, state: m.state.length }[field.below]) &&
    (field.kind === undefined || m.uses[n]?.kind === field.kind)
  );
}

/** Long enough, and a name of its kind. */
const textFits = ({ min = 0, form }: RowField, text: string): boolean =>
  new TextEncoder().encode(text).length >= min && (form === undefined || text === '' || names[form].pattern.test(text));

function inLimits({ min, above, max, oneOf }: RowField, n: number): boolean {
  return (
    (min === undefined || n >= min) &&
    (above === undefined || n > above) &&
    (max === undefined || n <= max) &&
    (oneOf === undefined || (n >= 0 && n < oneOf.length))
  );
}

function isWithin(fields: Fields, { or = {} }: RowField, ends: readonly (number | string)[], n: number): boolean {
  const [low = 0, high = 0] = ends.map((end) => (typeof end === 'string' ? number(fields[end]) : end));
  return Object.values(or).includes(n) || (n >= low && n <= high);
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  bool: [0n, 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** A value is of the type that another field says, in its range, and not above a second one. NaN is above all. */
function typedFits(fields: Fields, { name, atMost }: RowField, typed: string): boolean {
  const type = paramTypes[number(fields[typed])];
  const values = [fields[name], ...(atMost === undefined ? [] : [fields[atMost]])];
  if (type === 'f32') {
    const [low, high = Infinity] = values.map(number);
    return values.every((value) => typeof value === 'object') && low !== undefined && low <= high;
  }
  const range = type && ranges[type];
  if (!range || values.some((value) => typeof value === 'object')) return false;
  const [low, high = range[1]] = values.map((value) => BigInt(value as number | bigint));
  return low !== undefined && low >= range[0] && low <= range[1] && low <= high;
}
