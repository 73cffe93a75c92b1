import type { Body } from '../context.js';
import { binary, get, i32, unary } from '../ir.js';
import type { Expr, Func, Segment, Slot, Stmt } from '../ir.js';
import { rewrite } from '../walk.js';
import { build, gotos, jumps, store } from './build.js';
import type { Counter } from './build.js';
import { liveAcrossWaits } from './liveness.js';
import { rotate } from './rotate.js';
import { shareSleeps } from './share.js';
import type { Key, SubTrail, Wait } from './subtrail.js';

/** What a trail does in the start-up reaction and at each event that can wake it. */
export interface TrailCode {
  readonly start: readonly Stmt[];
  readonly wakes: ReadonlyMap<Key, readonly Stmt[]>;
}

/** Puts a tree of sub-trails together. Inner ones are started by the code of the one that they stand in. */
export function assemble(b: Body, trail: SubTrail): TrailCode {
  const own = assembleOne(b, trail);
  const wakes = new Map(own.wakes);
  for (const each of trail.inner)
    for (const [key, code] of assemble(b, each).wakes) wakes.set(key, [...(wakes.get(key) ?? []), ...code]);
  return { start: own.start, wakes };
}

/** One sub-trail as code: in place if it waits once and simply, else a function with a program counter. */
function assembleOne(b: Body, { layout: written, waits }: SubTrail): TrailCode {
  const layout = rotate(shorten(written));
  keepLive(
    b,
    layout,
    waits.map((wait) => wait.segment),
  );
  const head = written[0] as Segment;
  const begins = layout.includes(head);
  const [only] = waits;
  if (waits.length === 1 && only && layout[0] === only.segment && layout.length <= 2)
    return inPlace(b, layout, only.key);
  return withCounter(b, layout, waits, begins ? head : undefined);
}

/** Segments that only wait are skipped by waiting where they are reached; then what is never reached goes. */
function shorten(layout: readonly Segment[]): Segment[] {
  const target = (segment: Segment): Stmt => {
    const [only, ...rest] = segment.body;
    return only?.op === 'suspend' && rest.length === 0 ? only : { op: 'goto', segment };
  };
  for (const segment of layout) {
    segment.body = rewrite(segment.body, {
      stmts: (list) => list.map((s) => (s.op === 'goto' ? target(s.segment) : s)),
    });
  }
  const head = layout[0];
  const used = new Set<Segment>();
  layout.forEach((segment, i) => {
    for (const next of jumps(segment.body)) used.add(next);
    const last = segment.body.at(-1)?.op;
    const following = layout[i + 1];
    if (following && last !== 'goto' && last !== 'suspend') used.add(following);
  });
  // The start is only left out if it is nothing but a wait: the counter then begins there.
  if (head && target(head).op === 'goto') used.add(head);
  return layout.filter((segment) => used.has(segment));
}

/** Gives the slots that live across a wait a global each. */
function keepLive(b: Body, layout: readonly Segment[], resumed: readonly Segment[]): void {
  for (const slot of liveAcrossWaits(layout, resumed))
    slot.global = b.shared.global(slot.name, slot.type, slot.type === 'i64' ? 0n : 0).global as number;
}

/** A sub-trail that waits once: `loop { A; await e; B }` is A at the start, and B, A at the event. */
function inPlace(b: Body, layout: readonly Segment[], key: Key): TrailCode {
  const [after, head] = layout as [Segment, Segment?];
  const again = b.label('again');
  const done = b.label('wait');
  const inline = (list: readonly Stmt[]): readonly Stmt[] =>
    rewrite(list, {
      stmts: (inner) =>
        inner.map((s): Stmt =>
          s.op === 'goto' ? { op: 'br', label: again } : s.op === 'suspend' ? { op: 'br', label: done } : s,
        ),
    });
  const first: readonly Stmt[] = head ? [{ op: 'block', label: done, body: inline(head.body) }] : [];
  const block: Stmt = head
    ? { op: 'block', label: again, body: inline(after.body) }
    : { op: 'block', label: done, body: [{ op: 'block', label: again, body: inline(after.body) }] };
  return { start: first, wakes: new Map([[key, [block, ...first]]]) };
}

/** A function that goes on where its program counter says. */
function withCounter(
  b: Body,
  layout: readonly Segment[],
  waits: readonly Wait[],
  head: Segment | undefined,
): TrailCode {
  const entered = number(layout, waits, head);
  const passed = waits.length === 1;
  const first = (head ?? waits[0]?.segment)?.index ?? 0;
  const local: Slot = { type: 'i32', name: 'at' };
  const counter: Counter = { slot: passed ? local : b.shared.global('at', 'i32', first), passed };
  const args = (at: number): Expr[] => (passed && entered.length > 1 ? [i32(at)] : []);
  const func: Func = { name: 'trail', params: args(0).map(() => local), body: [] };
  func.body = build(
    b,
    passed ? layout : shareSleeps(b, layout, (segment) => store(counter, segment)),
    entered,
    counter,
  );
  b.shared.trails.push(func);
  const made = new Map<number, Stmt>();
  // One object for equal calls: the dispatch recognises what all its arms end with.
  const call = (at: number): Stmt => {
    const place = passed ? at : 0;
    const known = made.get(place) ?? {
      op: 'do',
      value: { op: 'call', target: { fn: func }, args: args(place) },
      drop: false,
    };
    made.set(place, known);
    return known;
  };
  return { start: head ? [call(first)] : [], wakes: wakesOf(waits, counter, call) };
}

/** Numbers the segments that are entered from outside or by a jump back. */
function number(layout: readonly Segment[], waits: readonly Wait[], head: Segment | undefined): Segment[] {
  const wanted = new Set<Segment>(waits.map((wait) => wait.segment));
  if (head) wanted.add(head);
  layout.forEach((segment, i) => {
    for (const target of gotos(segment.body)) if (layout.indexOf(target) <= i) wanted.add(target);
  });
  const entered = layout.filter((segment) => wanted.has(segment));
  entered.forEach((segment, i) => (segment.index = i));
  return entered;
}

/** The call of the trail at each event, behind a test if it may be waiting for something else. */
function wakesOf(waits: readonly Wait[], counter: Counter, call: (at: number) => Stmt): Map<Key, readonly Stmt[]> {
  const wakes = new Map<Key, readonly Stmt[]>();
  const most = Math.max(...waits.map((wait) => wait.segment.index ?? 0));
  for (const key of new Set(waits.map((wait) => wait.key))) {
    const here = waits.filter((wait) => wait.key === key);
    const places = [...new Set(here.map((wait) => wait.segment.index ?? 0))].sort((x, y) => x - y);
    // Only its own sleeps arm the trail's timer: when it expires, the trail waits for it.
    const sure = counter.passed || here.length === waits.length || here.every((wait) => wait.sleep);
    const wake = call(places[0] ?? 0);
    wakes.set(
      key,
      sure ? [wake] : [{ op: 'if', condition: isAt(counter.slot, places, most), then: [wake], otherwise: [] }],
    );
  }
  return wakes;
}

/**
 * True if the counter has one of the values; at most 32 of them (limit of waits). `most`: the highest value that it has
 * while the trail waits.
 */
function isAt(counter: Slot, places: readonly number[], most: number): Expr {
  const [low = 0] = places;
  const high = places.at(-1) ?? 0;
  if (low === high) return low === 0 ? unary('i32.eqz', get(counter)) : binary('i32.eq', get(counter), i32(low));
  if (high - low + 1 === places.length)
    return binary('i32.lt_u', low === 0 ? get(counter) : binary('i32.sub', get(counter), i32(low)), i32(places.length));
  // A mask has 32 bits and Wasm shifts modulo 32; heads of loops have numbers too, so there may be more numbers than
  // waits.
  if (most > 31)
    return places
      .map((place): Expr => binary('i32.eq', get(counter), i32(place)))
      .reduce((all, one) => binary('i32.or', all, one));
  const mask = places.reduce((bits, place) => bits | (1 << place), 0);
  return binary('i32.and', binary('i32.shr_u', i32(mask), get(counter)), i32(1));
}
