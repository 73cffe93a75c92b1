/**
 * Values that outlive an instance: retained variables over a power cut, parameters over a restart, both over a swap.
 */
import { paramTypes } from '../../hal/contract/index.js';
import { numberField, textField } from './context.js';
import { Refused } from './fault.js';
import type { Guest } from './guest.js';
import type { Manifest, Use } from './manifest.js';
import type { Operand } from './trace.js';
import type { GlobalType } from './wasm.js';

/** One saved variable. */
export interface SavedValue {
  readonly type: GlobalType;
  readonly value: Operand;
}

/** Saved variables by the hash of name, type and unit. */
export type Values = ReadonlyMap<number, SavedValue>;

/**
 * Values of the state table, all of them or only those that survive a reboot; without the parameters that nobody has
 * set, for which `isOwn` is false.
 */
export function capture(
  guest: Guest,
  manifest: Manifest,
  which: 'all' | 'retain',
  isOwn: (slot: number) => boolean,
): Values {
  const slots = manifest.state
    .map((entry, slot) => ({ entry, slot }))
    .filter(({ entry, slot }) => (which === 'all' || entry.retain) && isOwn(slot));
  return new Map(slots.map(({ entry, slot }) => [entry.hash, { type: guest.typeOf(slot), value: guest.read(slot) }]));
}

/**
 * Writes back what has the same hash and type, all of it or only what this version retains too; a parameter only if it
 * is in range. Returns the slots that were written.
 */
export function restore(guest: Guest, manifest: Manifest, values: Values, which: 'all' | 'retain'): number[] {
  return manifest.state.flatMap(({ hash, retain }, slot) => {
    const saved = which === 'all' || retain ? values.get(hash) : undefined;
    if (saved === undefined || saved.type !== guest.typeOf(slot)) return [];
    const use = manifest.uses.find(({ kind, fields }) => kind === 'param' && fields['slot'] === slot);
    if (use !== undefined && !inRange(use, saved.value)) return [];
    guest.write(slot, saved.value);
    return [slot];
  });
}

/** True if both hold the same values of what a version retains. */
export function sameValues(manifest: Manifest, a: Values, b: Values): boolean {
  return manifest.state.every(({ hash, retain }) => !retain || Object.is(a.get(hash)?.value, b.get(hash)?.value));
}

/** A parameter by name. Throws Refused `unknown`. */
export function findParam(manifest: Manifest, name: string): { use: Use; handle: number } {
  const handle = manifest.uses.findIndex(({ kind, fields }) => kind === 'param' && fields['name'] === name);
  const use = manifest.uses[handle];
  if (use === undefined) throw new Refused('unknown', name);
  return { use, handle };
}

/** The value as the parameter's global holds it. Throws Refused `range` or `invalid`. */
export function paramOperand(use: Use, value: number | bigint): Operand {
  const type = paramTypes[numberField(use, 'type')];
  if (type === 'f32') return checkRange(use, Math.fround(Number(value)));
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new Refused('invalid', `${textField(use, 'name')} is no integer`);
  checkRange(use, value);
  return type === 'i64' ? BigInt(value) : Number(value) | 0;
}

/** The value of a parameter as an operator sees it. */
export function paramValue(use: Use, operand: Operand): number {
  return paramTypes[numberField(use, 'type')] === 'u32' ? Number(operand) >>> 0 : Number(operand);
}

function checkRange<T extends Operand>(use: Use, value: T): T {
  if (!isWithin(use, value)) throw new Refused('range', String(value));
  return value;
}

function inRange(use: Use, operand: Operand): boolean {
  return isWithin(use, typeof operand === 'bigint' ? operand : paramValue(use, operand));
}

/** Exact for i64 too: its ends may be beyond what a number holds. */
function isWithin({ fields }: Use, value: Operand): boolean {
  return value >= (fields['min'] as Operand) && value <= (fields['max'] as Operand);
}
