import type { Expr, Slot, Stmt } from '../ir.js';
import { eachExpr, eachExprIn, operandsOf, withOperands } from '../walk.js';

/** How often each local is read in a function. */
export function countReads(body: readonly Stmt[]): Map<Slot, number> {
  const reads = new Map<Slot, number>();
  eachExprIn(body, (e) => {
    if (e.op === 'get') reads.set(e.slot, (reads.get(e.slot) ?? 0) + 1);
  });
  return reads;
}

/** `x = v; … x …` where x is read first in the next statement: v stands there, kept in x only if it is read again. */
export function forwardList(list: Stmt[], reads: ReadonlyMap<Slot, number>): readonly Stmt[] {
  const out = [...list];
  for (let i = out.length - 2; i >= 0; i--) {
    const s = out[i];
    const next = out[i + 1];
    if (s?.op !== 'set' || s.slot.global !== undefined || !next) continue;
    const merged = into(next, s, reads);
    if (merged) out.splice(i, 2, merged);
  }
  return out;
}

function into(next: Stmt, set: Stmt & { op: 'set' }, reads: ReadonlyMap<Slot, number>): Stmt | undefined {
  const found = (e: Expr): Expr | undefined => {
    const place = new Place(set, reads.get(set.slot) === 1);
    const result = place.replace(e);
    return place.done ? result : undefined;
  };
  switch (next.op) {
    case 'set':
    case 'do': {
      const value = found(next.value);
      return value && { ...next, value };
    }
    case 'if':
    case 'br_if': {
      const condition = found(next.condition);
      return condition && { ...next, condition };
    }
    case 'br_table': {
      const index = found(next.index);
      return index && { ...next, index };
    }
    case 'return': {
      const value = next.value && found(next.value);
      return value && { ...next, value };
    }
    case 'block': {
      const [first, ...rest] = next.body;
      const merged = first && into(first, set, reads);
      return merged && { ...next, body: [merged, ...rest] };
    }
    case 'loop':
    case 'br':
    case 'goto':
    case 'suspend':
      return undefined;
  }
}

/** Looks for the first read of a slot in the order of evaluation and puts the value there. */
class Place {
  done = false;
  /** Something was met that must not change places with the value. */
  private blocked = false;
  private readonly writes = new Set<Slot>();
  private readonly calls: boolean;

  constructor(
    private readonly set: Stmt & { op: 'set' },
    private readonly only: boolean,
  ) {
    let calls = false;
    const visit = (e: Expr): void => {
      if (e.op === 'call' && !('host' in e.target)) calls = true;
      if (e.op === 'tee') this.writes.add(e.slot);
      if (e.op === 'seq') for (const s of e.body) if (s.op === 'set') this.writes.add(s.slot);
      // Statements of other kinds inside are rare: then nothing moves.
      if (e.op === 'seq' && e.body.some((s) => s.op !== 'set')) calls = true;
    };
    eachExpr(set.value, visit);
    this.calls = calls;
  }

  replace(e: Expr): Expr {
    if (this.done || this.blocked) return e;
    switch (e.op) {
      case 'const':
        return e;
      case 'get':
        return this.read(e);
      case 'seq':
        this.blocked = true;
        return e;
      case 'choose': {
        const condition = this.replace(e.condition);
        this.blocked = true;
        return { ...e, condition };
      }
      case 'tee':
      case 'unary':
      case 'binary':
      case 'select':
      case 'call':
        return this.inOperands(e);
    }
  }

  private inOperands(e: Expr): Expr {
    const operands = operandsOf(e).map((operand) => this.replace(operand));
    // The operation itself comes after its operands: what may stop or be seen outside must not come before the value.
    if (!this.done && (e.op === 'call' || e.op === 'tee' || (e.op === 'binary' && /\.(div|rem)_/.test(e.code))))
      this.blocked = true;
    return withOperands(e, operands);
  }

  private read(e: Expr & { op: 'get' }): Expr {
    if (e.slot === this.set.slot) {
      this.done = true;
      return this.only ? this.set.value : { op: 'tee', slot: e.slot, value: this.set.value };
    }
    if (this.writes.has(e.slot) || (this.calls && e.slot.global !== undefined)) this.blocked = true;
    return e;
  }
}
