import type { Expr, Func, Label, Slot, Stmt } from '../lower/ir.js';
import { bodiesOf, exprsOf, operandsOf } from '../lower/walk.js';

/** Instructions executed and host calls made; both at their worst, not necessarily in the same reaction. */
export interface Cost {
  readonly instructions: number;
  readonly calls: number;
}

export const ZERO: Cost = { instructions: 0, calls: 0 };
const ONE: Cost = { instructions: 1, calls: 0 };
const sum = (a: Cost, b: Cost): Cost => ({ instructions: a.instructions + b.instructions, calls: a.calls + b.calls });
const worse = (a: Cost | undefined, b: Cost | undefined): Cost | undefined =>
  a && b ? { instructions: Math.max(a.instructions, b.instructions), calls: Math.max(a.calls, b.calls) } : (a ?? b);
const times = (a: Cost, n: number): Cost => ({ instructions: a.instructions * n, calls: a.calls * n });

/** Ways out of a stretch of code: falling off its end, branching to a label, returning. */
interface Ways {
  readonly end: Cost | undefined;
  readonly jumps: ReadonlyMap<Label | 'return', Cost>;
}

/** Slots whose value is known: the entry's source, the place where a trail goes on. */
export type Known = ReadonlyMap<Slot, number>;

/**
 * The worst run of a function, given what is known of its parameters. Counted is every instruction that is executed,
 * except `end` and `else`, which engines don't execute.
 */
export function costOf(func: Func, known: Known): Cost {
  const ways = list(func.body, known);
  let worst = ways.end;
  // Labels that are not inside the body mean its end.
  for (const cost of ways.jumps.values()) worst = worse(worst, cost);
  return worst ?? ZERO;
}

function list(body: readonly Stmt[], known: Known): Ways {
  let end: Cost | undefined = ZERO;
  const jumps = new Map<Label | 'return', Cost>();
  for (const s of body) {
    if (!end) break;
    const step = stmt(s, known);
    for (const [label, cost] of step.jumps) note(jumps, label, sum(end, cost));
    end = step.end && sum(end, step.end);
  }
  return { end, jumps };
}

function note(jumps: Map<Label | 'return', Cost>, label: Label | 'return', cost: Cost): void {
  jumps.set(label, worse(jumps.get(label), cost) as Cost);
}

const straight = (cost: Cost): Ways => ({ end: cost, jumps: new Map() });
const jump = (label: Label | 'return', cost: Cost, end?: Cost): Ways => ({ end, jumps: new Map([[label, cost]]) });

function stmt(s: Stmt, known: Known): Ways {
  const inner = exprsOf(s).reduce((total, e) => sum(total, expr(e, known)), ZERO);
  const cost = sum(inner, ONE);
  switch (s.op) {
    case 'set':
      return straight(cost);
    case 'do':
      return straight(s.drop ? cost : inner);
    case 'return':
      return jump('return', cost);
    case 'br':
      return jump(s.label, cost);
    case 'br_if':
      return branch(s, cost, known);
    case 'br_table':
      return tableWays(s, cost, known);
    case 'if':
      return choice(s, cost, known);
    case 'block':
      return blockWays(s, known);
    case 'loop':
      return loopWays(s, known);
    case 'goto':
    case 'suspend':
      throw new Error(`${s.op} was not assembled`);
  }
}

function branch(s: Stmt & { op: 'br_if' }, cost: Cost, known: Known): Ways {
  const value = evaluate(s.condition, known);
  if (value === undefined) return jump(s.label, cost, cost);
  return value === 0 ? straight(cost) : jump(s.label, cost);
}

function tableWays(s: Stmt & { op: 'br_table' }, cost: Cost, known: Known): Ways {
  const value = evaluate(s.index, known);
  const labels = value === undefined ? [...s.labels, s.otherwise] : [s.labels[value] ?? s.otherwise];
  return { end: undefined, jumps: new Map(labels.map((label) => [label, cost])) };
}

function choice(s: Stmt & { op: 'if' }, cost: Cost, known: Known): Ways {
  const value = evaluate(s.condition, known);
  const then = value === 0 ? undefined : list(s.then, known);
  const otherwise = value === undefined || value === 0 ? list(s.otherwise, known) : undefined;
  const jumps = new Map<Label | 'return', Cost>();
  for (const way of [then, otherwise])
    for (const [label, each] of way?.jumps ?? []) note(jumps, label, sum(cost, each));
  const end = worse(then?.end, otherwise?.end);
  return { end: end && sum(cost, end), jumps };
}

function blockWays(s: Stmt & { op: 'block' }, known: Known): Ways {
  const inside = list(s.body, known);
  const jumps = new Map<Label | 'return', Cost>();
  for (const [label, cost] of inside.jumps) if (label !== s.label) jumps.set(label, sum(ONE, cost));
  const end = worse(inside.end, inside.jumps.get(s.label));
  return { end: end && sum(ONE, end), jumps };
}

/** All rounds but the last go back to the start; the last leaves in any way. */
function loopWays(s: Stmt & { op: 'loop' }, known: Known): Ways {
  const inside = list(s.body, known);
  const back = inside.jumps.get(s.label);
  const before = sum(ONE, back ? times(sum(ONE, back), s.trips - 1) : ZERO);
  const jumps = new Map<Label | 'return', Cost>();
  for (const [label, cost] of inside.jumps) if (label !== s.label) jumps.set(label, sum(before, cost));
  // The last round's branch back is not taken, but costs the same.
  const end = worse(inside.end, back && s.trips <= 1 ? back : undefined);
  return { end: end && sum(before, end), jumps };
}

function expr(e: Expr, known: Known): Cost {
  if (e.op === 'choose') {
    const branches = worse(expr(e.then, known), expr(e.otherwise, known)) ?? ZERO;
    return sum(sum(expr(e.condition, known), ONE), branches);
  }
  let cost = operandsOf(e).reduce((total, operand) => sum(total, expr(operand, known)), e.op === 'seq' ? ZERO : ONE);
  if (e.op === 'seq') cost = sum(cost, seqCost(list(e.body, known)));
  if (e.op === 'call') cost = sum(cost, calleeCost(e, known));
  return cost;
}

/** Statements inside of an expression never leave it. */
function seqCost(ways: Ways): Cost {
  let worst = ways.end;
  for (const cost of ways.jumps.values()) worst = worse(worst, cost);
  return worst ?? ZERO;
}

function calleeCost(e: Expr & { op: 'call' }, known: Known): Cost {
  if ('host' in e.target) return { instructions: 0, calls: 1 };
  const { fn } = e.target;
  const args = new Map<Slot, number>();
  fn.params.forEach((slot, i) => {
    const arg = e.args[i];
    const value = arg && evaluate(arg, known);
    if (value !== undefined) args.set(slot, value);
  });
  // A parameter that is written again is known no longer.
  for (const slot of [...args.keys()]) if (writes(fn.body, slot)) args.delete(slot);
  const key = fn.params.map((slot) => args.get(slot) ?? '').join();
  const costs = callees.get(fn) ?? new Map<string, Cost>();
  callees.set(fn, costs);
  const cost = costs.get(key) ?? costOf(fn, args);
  costs.set(key, cost);
  return cost;
}

/**
 * Costs of called functions by what is known of their parameters: counting a function at each of its calls would take
 * time exponential in the depth of calls.
 */
const callees = new WeakMap<Func, Map<string, Cost>>();

function writes(body: readonly Stmt[], slot: Slot): boolean {
  return body.some((s) => (s.op === 'set' && s.slot === slot) || bodiesOf(s).some((inner) => writes(inner, slot)));
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  'i32.eq': (a, b) => Number(a === b),
  'i32.ne': (a, b) => Number(a !== b),
  'i32.lt_s': (a, b) => Number(a < b),
  'i32.ge_s': (a, b) => Number(a >= b),
  'i32.gt_s': (a, b) => Number(a > b),
  'i32.le_s': (a, b) => Number(a <= b),
  'i32.add': (a, b) => (a + b) | 0,
  'i32.sub': (a, b) => (a - b) | 0,
};

/** The value of a test that only looks at what is known. */
function evaluate(e: Expr, known: Known): number | undefined {
  if (e.op === 'const') return e.type === 'i32' ? Number(e.value) : undefined;
  if (e.op === 'get') return known.get(e.slot);
  if (e.op === 'unary' && e.code === 'i32.eqz') {
    const value = evaluate(e.value, known);
    return value === undefined ? undefined : Number(value === 0);
  }
  const compute = e.op === 'binary' ? operators[e.code] : undefined;
  if (e.op !== 'binary' || !compute) return undefined;
  const left = evaluate(e.left, known);
  const right = evaluate(e.right, known);
  return left === undefined || right === undefined ? undefined : compute(left, right);
}
