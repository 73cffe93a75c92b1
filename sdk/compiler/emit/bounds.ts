import { eventText } from '../check/events.js';
import type { Program, Source } from '../check/program.js';
import type { Func, Lowered, Slot } from '../lower/ir.js';
import { costOf } from './cost.js';

/** The worst reaction of an entry: Wasm instructions executed and host calls made. */
export interface EntryBound {
  /** `start`, `every 10ms`, `button.press`, `tick`. */
  readonly entry: string;
  readonly instructions: number;
  readonly calls: number;
}

/** What a program needs at most. */
export interface Bounds {
  /** Bytes of the execution stack, by the rules of the engine of boards (sdk/engine). */
  readonly stack: number;
  /** Bytes of linear memory; this language needs none. */
  readonly memory: number;
  /** Source 0, each source, each timer. */
  readonly entries: readonly EntryBound[];
}

/** The bounds of a lowered program, but for the stack, which its engine decides. */
export function boundsOf(lowered: Lowered, program: Program): Omit<Bounds, 'stack'> {
  const [entry] = lowered.functions as [Func];
  const source = entry.params[0] as Slot;
  const keys = [
    { key: 0, name: 'start' },
    ...program.sources.map((each) => ({ key: each.number, name: sourceText(each) })),
    ...program.timers.map((timer) => ({ key: -1 - timer.id, name: timer.name ?? `sleep of loop ${timer.id}` })),
  ];
  const entries = keys.map(({ key, name }) => ({ entry: name, ...costOf(entry, new Map([[source, key]])) }));
  return { memory: 0, entries };
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
