import type { Func, Slot, WasmType } from '../lower/ir.js';
import { eachExprIn, eachStmt } from '../lower/walk.js';

/** Numbers of a function's locals. */
export interface Locals {
  readonly number: ReadonlyMap<Slot, number>;
  /** Types behind the parameters, equal ones side by side. */
  readonly types: readonly WasmType[];
}

/** Gives every slot of a function a number. */
export function numberLocals(func: Func): Locals {
  const number = new Map<Slot, number>(func.params.map((slot, i) => [slot, i]));
  const found = new Set<Slot>();
  const meet = (slot: Slot): void => {
    if (slot.global === undefined && !number.has(slot)) found.add(slot);
  };
  eachStmt(func.body, (s) => s.op === 'set' && meet(s.slot));
  eachExprIn(func.body, (e) => (e.op === 'get' || e.op === 'tee') && meet(e.slot));
  const sorted = [...found].sort((a, b) => a.type.localeCompare(b.type));
  sorted.forEach((slot, i) => number.set(slot, func.params.length + i));
  return { number, types: sorted.map((slot) => slot.type) };
}
