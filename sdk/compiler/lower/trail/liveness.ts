import type { Expr, Segment, Slot, Stmt } from '../ir.js';
import { bodiesOf, exprsOf, operandsOf } from '../walk.js';

interface Facts {
  /** Slots that may be read before they are surely written. */
  readonly exposed: Set<Slot>;
  /** Slots surely written before the segment can be left. */
  readonly written: Set<Slot>;
  readonly successors: Set<Segment>;
}

/** Local slots whose value is needed after a wait: they must be globals. `layout`: in the order of falling through. */
export function liveAcrossWaits(layout: readonly Segment[], resumed: readonly Segment[]): Set<Slot> {
  const facts = new Map(layout.map((segment, i) => [segment, factsOf(segment, layout[i + 1])]));
  const live = new Map<Segment, Set<Slot>>(layout.map((segment) => [segment, new Set(facts.get(segment)?.exposed)]));
  for (let changed = true; changed;) {
    changed = false;
    for (const [segment, { written, successors }] of facts) {
      const here = live.get(segment) as Set<Slot>;
      const before = here.size;
      for (const next of successors) for (const slot of live.get(next) ?? []) if (!written.has(slot)) here.add(slot);
      changed ||= here.size !== before;
    }
  }
  return new Set(resumed.flatMap((segment) => [...(live.get(segment) ?? [])]));
}

function factsOf(segment: Segment, following: Segment | undefined): Facts {
  const facts: Facts = { exposed: new Set(), written: new Set(), successors: new Set() };
  scan(segment.body, facts, true);
  const last = segment.body.at(-1);
  if (following && last?.op !== 'goto' && last?.op !== 'suspend') facts.successors.add(following);
  return facts;
}

/** `sure`: these statements surely run when the segment does. */
function scan(list: readonly Stmt[], facts: Facts, sure: boolean): void {
  for (const s of list) {
    for (const e of exprsOf(s)) scanExpr(e, facts, sure);
    if (s.op === 'set') write(s.slot, facts, sure);
    // After a jump, what is written says nothing about the way that jumped.
    if (s.op === 'goto' || s.op === 'suspend') facts.successors.add(s.segment);
    for (const body of bodiesOf(s)) scan(body, facts, false);
  }
}

function scanExpr(e: Expr, facts: Facts, sure: boolean): void {
  if (e.op === 'get' && e.slot.global === undefined && !facts.written.has(e.slot)) facts.exposed.add(e.slot);
  if (e.op === 'seq') scan(e.body, facts, sure);
  for (const operand of operandsOf(e)) scanExpr(operand, facts, sure);
  if (e.op === 'tee') write(e.slot, facts, sure);
}

function write(slot: Slot, facts: Facts, sure: boolean): void {
  if (sure && slot.global === undefined && facts.successors.size === 0) facts.written.add(slot);
}
