/** The grant of a bundle: budgets and rows of what its modules may use, and how a use is compared with a row. */
import { type KindName, kinds } from '../kinds.js';
import type { GrantRule, RowField } from '../types.js';

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
    doc:
      "share of the processor's time, permille; 0 no bound. A module that says no load asks for what its bounds and " +
      'periods come to on the board that compares',
  },
  { name: 'priority', type: 'u8', max: 255, doc: 'highest priority' },
] as const satisfies readonly RowField[];

/** A row of the grant for uses of one kind. */
export interface GrantKind {
  readonly kind: KindName;
  /** Fields of the kind that the row has, in the kind's order. Types, limits and defaults are those of `kinds`. */
  readonly fields: readonly { readonly name: string; readonly rule: GrantRule }[];
}

const ruled = (fields: readonly RowField[]): GrantKind['fields'] =>
  fields.flatMap(({ name, grant }) => (grant === undefined ? [] : [{ name, rule: grant }]));

/**
 * Rows of a grant: `[id of the kind, ...fields]`, a trailing field that equals the kind's default is left out and only
 * then. A use is granted if one row covers it in every field. A kind without such fields needs no grant.
 */
export const grants: readonly GrantKind[] = kinds
  .map(({ name, fields }) => ({ kind: name, fields: ruled(fields) }))
  .filter(({ fields }) => fields.length > 0);
