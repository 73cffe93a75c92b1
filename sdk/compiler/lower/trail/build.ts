import type { Body } from '../context.js';
import { get, i32 } from '../ir.js';
import type { Label, Segment, Slot, Stmt } from '../ir.js';
import { bodiesOf, rewrite } from '../walk.js';

/** The variable that says where a trail goes on. */
export interface Counter {
  readonly slot: Slot;
  /** The place is a parameter: the caller says where to go on. */
  readonly passed: boolean;
}

/** Segments that a jump or a wait in the statements leads to. */
export function jumps(list: readonly Stmt[]): Segment[] {
  return list.flatMap((s) => (s.op === 'goto' || s.op === 'suspend' ? [s.segment] : bodiesOf(s).flatMap(jumps)));
}

/** Segments that a jump leads to in the same reaction. */
export const gotos = (list: readonly Stmt[]): Segment[] =>
  list.flatMap((s) => (s.op === 'goto' ? [s.segment] : bodiesOf(s).flatMap(gotos)));

/** Says where the trail goes on next time. */
export const store = (counter: Counter, to: Segment): Stmt => ({
  op: 'set',
  slot: counter.slot,
  value: i32(to.index ?? 0),
});

/** Blocks whose ends are the segments' beginnings, inside a loop for the jumps back. */
export function build(
  b: Body,
  layout: readonly Segment[],
  entered: readonly Segment[],
  counter: Counter,
): readonly Stmt[] {
  const top = b.label('top');
  const trips = passes(layout);
  const forward = new Set<Segment>();
  const place = new Map(layout.map((segment, i) => [segment, i]));
  const bodies = layout.map((segment, i) => {
    const jump = (to: Segment): Stmt[] => {
      if ((place.get(to) ?? 0) <= i) return [store(counter, to), { op: 'br', label: top }];
      forward.add(to);
      return [{ op: 'br', label: to.label }];
    };
    const wait = (to: Segment): Stmt[] =>
      counter.passed ? [{ op: 'return' }] : [store(counter, to), { op: 'return' }];
    const replaced = (s: Stmt): Stmt[] =>
      s.op === 'goto' ? jump(s.segment) : s.op === 'suspend' ? wait(s.segment) : [s];
    return rewrite(segment.body, { stmts: (list) => list.flatMap(replaced) });
  });
  let body: Stmt[] = table(entered, counter.slot);
  layout.forEach((segment, i) => {
    const target = (segment.index !== undefined && entered.length > 1) || forward.has(segment);
    body = target
      ? [{ op: 'block', label: segment.label, body }, ...(bodies[i] ?? [])]
      : [...body, ...(bodies[i] ?? [])];
  });
  return trips > 1 ? [{ op: 'loop', label: top, body, trips }] : body;
}

/** Goes to the segment whose number the counter has. */
function table(entered: readonly Segment[], counter: Slot): Stmt[] {
  const labels = entered.map((segment) => segment.label);
  const [first, second] = labels as [Label, Label?];
  if (!second) return [];
  if (labels.length === 2)
    return [
      { op: 'br_if', condition: get(counter), label: second },
      { op: 'br', label: first },
    ];
  return [{ op: 'br_table', index: get(counter), labels: labels.slice(0, -1), otherwise: labels.at(-1) as Label }];
}

/**
 * Most passes through the segments in one reaction: one, and one for each jump back. A jump back on a way without a
 * wait belongs to a counted loop and comes at most as often as that goes round; any other comes at most once.
 */
function passes(layout: readonly Segment[]): number {
  const next = new Map(layout.map((segment, i) => [segment, successors(segment, layout[i + 1])]));
  let count = 1;
  layout.forEach((segment, i) => {
    for (const target of gotos(segment.body)) {
      if (layout.indexOf(target) <= i) count += reaches(target, segment, next) ? target.trips : 1;
    }
  });
  return count;
}

function successors(segment: Segment, following: Segment | undefined): Segment[] {
  const last = segment.body.at(-1)?.op;
  const falls = last !== 'goto' && last !== 'suspend' && following;
  return [...gotos(segment.body), ...(falls ? [following] : [])];
}

/** True if `to` can be reached from `from` without a wait. */
function reaches(from: Segment, to: Segment, next: ReadonlyMap<Segment, readonly Segment[]>): boolean {
  const seen = new Set<Segment>([from]);
  const open = [from];
  for (let segment = open.pop(); segment; segment = open.pop()) {
    if (segment === to) return true;
    for (const each of next.get(segment) ?? []) {
      if (seen.has(each)) continue;
      seen.add(each);
      open.push(each);
    }
  }
  return false;
}
