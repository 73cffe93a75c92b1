import type { Expr, Func, Slot, Stmt, WasmType } from '../lower/ir.js';
import { bodiesOf, exprsOf, operandsOf } from '../lower/walk.js';

/** Numbers of a function's locals. */
export interface Locals {
  readonly number: ReadonlyMap<Slot, number>;
  /** Types behind the parameters, equal ones side by side. */
  readonly types: readonly WasmType[];
}

/** The stretch of the code, in the order in which it is written, from a slot's first to its last use. */
interface Life {
  first: number;
  last: number;
}

/** Gives every slot of a function a number; slots of one type whose lives don't meet share one, parameters included. */
export function numberLocals(func: Func): Locals {
  const lives = new Lives(func).found;
  const sorted = [...lives].filter(([slot]) => !func.params.includes(slot)).sort(([, a], [, b]) => a.first - b.first);
  const places = func.params.map((slot) => ({ type: slot.type, free: lives.get(slot)?.last ?? -1, slots: [slot] }));
  for (const [slot, life] of sorted) {
    const shared = places.find((place) => place.type === slot.type && place.free < life.first);
    if (shared) {
      shared.free = life.last;
      shared.slots.push(slot);
    } else places.push({ type: slot.type, free: life.last, slots: [slot] });
  }
  const params = places.slice(0, func.params.length);
  const others = places.slice(func.params.length).sort((a, b) => a.type.localeCompare(b.type));
  const number = new Map<Slot, number>();
  [...params, ...others].forEach((place, i) => place.slots.forEach((slot) => number.set(slot, i)));
  return { number, types: others.map((place) => place.type) };
}

class Lives {
  readonly found = new Map<Slot, Life>();
  private at = 0;

  constructor(func: Func) {
    for (const slot of func.params) this.found.set(slot, { first: -1, last: -1 });
    this.stmts(func.body);
  }

  private use(slot: Slot): void {
    if (slot.global !== undefined) return;
    const life = this.found.get(slot);
    if (life) life.last = this.at++;
    else this.found.set(slot, { first: this.at, last: this.at++ });
  }

  private stmts(list: readonly Stmt[]): void {
    for (const s of list) this.stmt(s);
  }

  private stmt(s: Stmt): void {
    for (const e of exprsOf(s)) this.expr(e);
    if (s.op === 'set') this.use(s.slot);
    const start = this.at;
    for (const body of bodiesOf(s)) this.stmts(body);
    if (s.op === 'loop') this.around(s, start);
  }

  /** What is alive when a loop begins, or read before it is written inside, lives through all its rounds. */
  private around(s: Stmt & { op: 'loop' }, start: number): void {
    const early = readFirst(s.body);
    for (const [slot, life] of this.found) {
      if (life.last < start) continue;
      if (life.first < start || early.has(slot)) {
        life.first = Math.min(life.first, start);
        life.last = this.at;
      }
    }
    this.at++;
  }

  private expr(e: Expr): void {
    if (e.op === 'seq') this.stmts(e.body);
    for (const operand of operandsOf(e)) this.expr(operand);
    if (e.op === 'get' || e.op === 'tee') this.use(e.slot);
  }
}

/** Slots whose first use in the order of the code is a read. */
function readFirst(body: readonly Stmt[]): Set<Slot> {
  const seen = new Set<Slot>();
  const reads = new Set<Slot>();
  const meet = (slot: Slot, read: boolean): void => {
    if (read && !seen.has(slot)) reads.add(slot);
    seen.add(slot);
  };
  const expr = (e: Expr): void => {
    if (e.op === 'seq') e.body.forEach(stmt);
    operandsOf(e).forEach(expr);
    if (e.op === 'get' || e.op === 'tee') meet(e.slot, e.op === 'get');
  };
  const stmt = (s: Stmt): void => {
    exprsOf(s).forEach(expr);
    if (s.op === 'set') meet(s.slot, false);
    for (const inner of bodiesOf(s)) inner.forEach(stmt);
  };
  body.forEach(stmt);
  return reads;
}
