/** The grant of a bundle: budgets and rows of what its modules may use, and how a use is compared with a row. */
import type { KindName } from '../kinds.js';
import type { RowField } from '../types.js';

/** First numbers of a grant: the most that any module asks for. `max` is the largest that may be granted. */
export const grantBudget = [
  { name: 'stack', type: 'u32', doc: 'bytes of stack' },
  { name: 'memory', type: 'u32', doc: 'bytes of linear memory' },
  {
    name: 'instructions',
    type: 'u32',
    doc: 'instructions of the worst reaction; 0 no bound: then the counters of the module and the clock bound it',
  },
  { name: 'calls', type: 'u32', doc: 'host calls of the worst reaction' },
  {
    name: 'load',
    type: 'u16',
    max: 1000,
    doc: "share of the processor's time, permille; 0 no bound: then what bounds and periods come to",
  },
  { name: 'priority', type: 'u8', max: 255, doc: 'highest priority' },
] as const satisfies readonly RowField[];

/**
 * How a use is compared with a row of the grant: `equal`; at `most` or at `least` the granted number; `rate` as `most`
 * with 0 as the largest.
 */
export type GrantRule = 'equal' | 'most' | 'least' | 'rate';
export interface GrantKind {
  readonly kind: KindName;
  /** Fields of the kind that matter, in the order of the row. Types, limits and defaults are those of `kinds`. */
  readonly fields: readonly { readonly name: string; readonly rule: GrantRule }[];
}

/**
 * Rows of a grant: `[id of the kind, ...fields]`, a trailing field that equals the kind's default is left out and only
 * then. A use is granted if one row covers it in every field. `timer` needs no grant.
 */
export const grants = [
  { kind: 'gpio.out', fields: [{ name: 'name', rule: 'equal' }] },
  { kind: 'gpio.in', fields: [{ name: 'name', rule: 'equal' }] },
  {
    kind: 'pwm.pulse',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'frequency', rule: 'most' },
      { name: 'min', rule: 'least' },
      { name: 'max', rule: 'most' },
    ],
  },
  {
    kind: 'pwm.duty',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'frequency', rule: 'most' },
      { name: 'max', rule: 'most' },
    ],
  },
  { kind: 'adc', fields: [{ name: 'name', rule: 'equal' }] },
  {
    kind: 'i2c',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'address', rule: 'equal' },
      { name: 'speed', rule: 'most' },
    ],
  },
  {
    kind: 'spi',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'select', rule: 'equal' },
      { name: 'speed', rule: 'most' },
    ],
  },
  {
    kind: 'uart',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'baud', rule: 'most' },
    ],
  },
  {
    kind: 'publish',
    fields: [
      { name: 'topic', rule: 'equal' },
      { name: 'rate', rule: 'rate' },
    ],
  },
  { kind: 'subscribe', fields: [{ name: 'topic', rule: 'equal' }] },
  {
    kind: 'param',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'min', rule: 'least' },
      { name: 'max', rule: 'most' },
    ],
  },
] as const satisfies readonly GrantKind[];
