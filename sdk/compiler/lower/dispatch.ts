import type { Stmt, Expr, Label, Slot } from './ir.js';
import { binary, get, i32, unary } from './ir.js';
import type { Key } from './trail/index.js';

/** What the entry does for one value of its first argument. */
export interface Arm {
  readonly key: Key;
  readonly body: readonly Stmt[];
}

/** Ways to choose the arm; the shortest is taken. `all`: every key that can occur, ascending. */
export function dispatches(arms: readonly Arm[], source: Slot): (readonly Stmt[])[] {
  const { parts, tail } = splitTail(arms);
  const full = parts.filter((arm) => arm.body.length > 0);
  if (full.length === 0) return [tail];
  if (full.length === 1 && parts.length === 1) return [[...(full[0] as Arm).body, ...tail]];
  return [
    [...chain(parts, bestOrder(parts, full), source), ...tail],
    ...(full.length > 1 ? [[...table(parts, full, source), ...tail]] : []),
  ];
}

/** What all arms end with is done once behind them. Equal statements are the same object. */
function splitTail(arms: readonly Arm[]): { parts: readonly Arm[]; tail: readonly Stmt[] } {
  const [first, ...others] = arms;
  if (!first || others.length === 0) return { parts: arms, tail: [] };
  let length = 0;
  const at = (arm: Arm): Stmt | undefined => arm.body[arm.body.length - 1 - length];
  while (at(first) !== undefined && others.every((arm) => at(arm) === at(first))) length++;
  return {
    parts: arms.map((arm) => ({ ...arm, body: arm.body.slice(0, arm.body.length - length) })),
    tail: first.body.slice(first.body.length - length),
  };
}

/** `if source == k … else if …`; the last needs no test if nothing else can come. */
function chain(all: readonly Arm[], full: readonly Arm[], source: Slot): readonly Stmt[] {
  const [first, ...rest] = full;
  if (!first) return [];
  const others = all.filter((arm) => arm !== first);
  if (others.length === 0) return first.body;
  return [
    { op: 'if', condition: isKey(first.key, others, source), then: first.body, otherwise: chain(others, rest, source) },
  ];
}

/** The order in which the tests of a chain are shortest together; the order of the keys if there are many. */
function bestOrder(all: readonly Arm[], full: readonly Arm[]): readonly Arm[] {
  if (full.length > MAX_PERMUTED) return full;
  let best: { order: readonly Arm[]; cost: number } = { order: full, cost: Infinity };
  const visit = (order: readonly Arm[], left: readonly Arm[], others: readonly Arm[], cost: number): void => {
    if (left.length === 0 && cost < best.cost) best = { order, cost };
    for (const arm of left) {
      const rest = others.filter((each) => each !== arm);
      visit(
        [...order, arm],
        left.filter((each) => each !== arm),
        rest,
        cost + (rest.length === 0 ? 0 : testBytes(arm.key, rest)),
      );
    }
  };
  visit([], full, all, 0);
  return best.order;
}

/** Chains longer than this lose to a table anyway. */
const MAX_PERMUTED = 4;

/** Bytes of the test that `isKey` makes. */
function testBytes(key: Key, others: readonly Arm[]): number {
  if (key === 0) return 3;
  return others.every((other) => other.key === 0) ? 2 : 5;
}

/** The shortest test that tells a key from the others that can come. */
function isKey(key: Key, others: readonly Arm[], source: Slot): Expr {
  const keys = others.map((arm) => arm.key);
  if (key === 0) return unary('i32.eqz', get(source));
  if (keys.every((other) => other === 0)) return get(source);
  if (keys.every((other) => other < 0 !== key < 0))
    return binary(key < 0 ? 'i32.lt_s' : 'i32.ge_s', get(source), i32(0));
  return binary('i32.eq', get(source), i32(key));
}

/** One `br_table` over the keys, lowest first. */
function table(all: readonly Arm[], full: readonly Arm[], source: Slot): readonly Stmt[] {
  const sorted = [...all].sort((a, b) => a.key - b.key);
  const lowest = sorted[0]?.key ?? 0;
  const highest = sorted.at(-1)?.key ?? 0;
  const end: Label = { name: 'end' };
  const labels = new Map(full.map((arm) => [arm.key, { name: `on${arm.key}` }]));
  const entries = Array.from({ length: highest - lowest + 1 }, (_, i) => labels.get(lowest + i) ?? end);
  // Entries equal to the last one need not be listed.
  const otherwise = entries.at(-1) ?? end;
  while (entries.length > 0 && entries.at(-1) === otherwise) entries.pop();
  const index = lowest === 0 ? get(source) : binary('i32.sub', get(source), i32(lowest));
  let body: readonly Stmt[] = [{ op: 'br_table', index, labels: entries, otherwise }];
  for (const arm of full) {
    const label = labels.get(arm.key) as Label;
    body = [
      { op: 'block', label, body },
      ...arm.body,
      ...(arm === full.at(-1) ? [] : [{ op: 'br', label: end } as const]),
    ];
  }
  return [{ op: 'block', label: end, body }];
}
