/** Message schemas: `name:type unit,…`, and values that fit them. */
import type { Scalar } from '../../hal/contract/index.js';
import { Refused } from './fault.js';
import type { Operand } from './trace.js';

/** One field of a message. */
export interface SchemaField {
  readonly name: string;
  readonly type: Scalar;
}

/** Smallest and largest value of the integer types. */
export const RANGES: Readonly<Partial<Record<Scalar, readonly [number, number]>>> = {
  bool: [0, 1],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
};

/** Fields of a schema, in order. */
export function parseSchema(schema: string): SchemaField[] {
  if (schema === '') return [];
  return schema.split(',').map((field) => {
    const [name = '', typed = ''] = field.split(':');
    return { name, type: typed.split(' ')[0] as Scalar };
  });
}

/**
 * Values from outside as a guest would have put them. Throws Refused `invalid` for a wrong count, `range` for a value
 * that doesn't fit.
 */
export function operandsFor(schema: readonly SchemaField[], values: readonly number[]): Operand[] {
  if (values.length !== schema.length) throw new Refused('invalid', `${schema.length} fields wanted`);
  return schema.map(({ type }, i) => {
    const value = values[i] ?? 0;
    if (type === 'f32') return Math.fround(value);
    const [low, high] = RANGES[type] ?? [0, 0];
    if (!Number.isInteger(value) || value < low || value > high) throw new Refused('range', String(value));
    return value | 0;
  });
}

/** A field as an observer sees it: unsigned types without sign. */
export function observed(type: Scalar, value: Operand): number {
  return type === 'u32' ? Number(value) >>> 0 : Number(value);
}
