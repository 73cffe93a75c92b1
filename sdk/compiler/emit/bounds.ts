import { eventText } from '../check/events.js';
import type { Program, Source } from '../check/program.js';
import type { Expr, Func, Lowered, Slot, Stmt } from '../lower/ir.js';
import { typeOf } from '../lower/ir.js';
import { bodiesOf, eachExprIn, exprsOf, operandsOf } from '../lower/walk.js';
import { costOf } from './cost.js';
import { numberLocals } from './locals.js';

/** The worst reaction of an entry: Wasm instructions executed and host calls made. */
export interface EntryBound {
  /** `start`, `every 10ms`, `button.press`, `tick`. */
  readonly entry: string;
  readonly instructions: number;
  readonly calls: number;
}

/** What a program needs at most. */
export interface Bounds {
  /** Bytes of the engine's stack: locals, operands and frames of the deepest chain of calls. */
  readonly stack: number;
  /** Bytes of linear memory; this language needs none. */
  readonly memory: number;
  /** Source 0, each source, each timer. */
  readonly entries: readonly EntryBound[];
}

/**
 * What an engine keeps of a caller beside its locals and operands; the larger of WAMR's and wasm3's, on a 64-bit host.
 */
const FRAME_BYTES = 64;

/** The bounds of a lowered program. */
export function boundsOf(lowered: Lowered, program: Program): Bounds {
  const [entry] = lowered.functions as [Func];
  const source = entry.params[0] as Slot;
  const keys = [
    { key: 0, name: 'start' },
    ...program.sources.map((each) => ({ key: each.number, name: sourceText(each) })),
    ...program.timers.map((timer) => ({ key: -1 - timer.id, name: timer.name ?? `sleep of loop ${timer.id}` })),
  ];
  const entries = keys.map(({ key, name }) => ({ entry: name, ...costOf(entry, new Map([[source, key]])) }));
  return { stack: stackOf(entry), memory: 0, entries };
}

/** The bounds as one list, as the manifest holds them. */
export const flatBounds = (bounds: Bounds): number[] => [
  bounds.stack,
  bounds.memory,
  ...bounds.entries.flatMap((entry) => [entry.instructions, entry.calls]),
];

function sourceText(source: Source): string {
  if (source.kind === 'every') return `every ${periodText(source.period)}`;
  return eventText(source.handle, source.event);
}

function periodText(us: bigint): string {
  for (const [unit, size] of [
    ['min', 60_000_000n],
    ['s', 1_000_000n],
    ['ms', 1000n],
  ] as const)
    if (us % size === 0n) return `${us / size}${unit}`;
  return `${us}us`;
}

/**
 * Frames, locals and operands of a function and the deepest of those that it calls. No function calls itself; each is
 * looked at once.
 */
function stackOf(func: Func, known = new Map<Func, number>()): number {
  const before = known.get(func);
  if (before !== undefined) return before;
  const { types } = numberLocals(func);
  const slots = [...func.params.map((slot) => slot.type), ...types];
  const locals = slots.reduce((bytes, type) => bytes + (type === 'i64' ? 8 : 4), 0);
  let below = 0;
  eachExprIn(func.body, (e) => {
    if (e.op === 'call' && 'fn' in e.target) below = Math.max(below, stackOf(e.target.fn, known));
  });
  const bytes = FRAME_BYTES + locals + operandBytes(func.body) + below;
  known.set(func, bytes);
  return bytes;
}

/** Most bytes of operands at any moment. */
function operandBytes(body: readonly Stmt[]): number {
  return body.reduce((most, s) => Math.max(most, ...exprsOf(s).map(exprBytes), ...bodiesOf(s).map(operandBytes)), 0);
}

function exprBytes(e: Expr): number {
  let waiting = 0;
  let most = e.op === 'seq' ? operandBytes(e.body) : 0;
  for (const operand of operandsOf(e)) {
    most = Math.max(most, waiting + exprBytes(operand));
    waiting += typeOf(operand) === 'i64' ? 8 : 4;
  }
  return Math.max(most, waiting, typeOf(e) === 'i64' ? 8 : 4);
}
