import type { Program } from '../check/program.js';
import type { Lowered } from '../lower/ir.js';

/** The worst reaction of an entry: Wasm instructions executed and host calls made. */
export interface EntryBound {
  /** `start`, `every 10ms`, `button.press`, `timer 0`. */
  readonly entry: string;
  readonly instructions: number;
  readonly calls: number;
}

export interface Bounds {
  /** Bytes of the engine's stack: operands and locals of the deepest chain of calls, and frames. */
  readonly stack: number;
  /** Bytes of linear memory; this language needs none. */
  readonly memory: number;
  /** Source 0, each source, each timer. */
  readonly entries: readonly EntryBound[];
}

/** The bounds of a lowered program. */
export function boundsOf(_lowered: Lowered, program: Program): Bounds {
  const names = ['start', ...program.sources.map((source) => source.kind), ...program.timers.map((timer) => timer.name ?? `timer ${timer.id}`)];
  return { stack: 0, memory: 0, entries: names.map((entry) => ({ entry, instructions: 0, calls: 0 })) };
}

/** As the manifest holds them. */
export const flatBounds = (bounds: Bounds): number[] => [bounds.stack, bounds.memory, ...bounds.entries.flatMap((entry) => [entry.instructions, entry.calls])];
