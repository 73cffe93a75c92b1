import type { Slot, Stmt } from '../ir.js';

/** Locals that nobody reads are not written; a value that does something is still computed. */
export function dropDead(list: Stmt[], reads: ReadonlyMap<Slot, number>): readonly Stmt[] {
  return list.map((s): Stmt =>
    s.op === 'set' && s.slot.global === undefined && !reads.get(s.slot) ? { op: 'do', value: s.value, drop: true } : s,
  );
}
