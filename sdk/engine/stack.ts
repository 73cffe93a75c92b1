/** Bytes of the execution stack, by the rules of WAMR's fast interpreter. */
import type { Layout } from '../../hal/contract/index.js';

/** A function, by its index: cells of its frame and what it calls. */
export interface Called {
  readonly cells: number;
  readonly calls: readonly number[];
}

/** Cells of a frame that holds only what passes through: of the entry's caller, and of a host call at least. */
const LEAST = 2;

export interface Depth {
  /** What a call needs at most; if a function calls itself, what it needs before it does. */
  readonly bytes: number;
  /** A function that calls itself, directly or through others: how often, nobody knows. */
  readonly circle?: number;
}

/** What a call of `entry` needs. Where a frame is laid, twice its size must be free. */
export function stackOf(functions: readonly Called[], entry: number, layout: Layout): Depth {
  const bytes = (cells: number): number => layout.frame + 4 * cells;
  const known = new Map<number, number>();
  const under = new Set<number>();
  let circle: number | undefined;
  const need = (index: number): number => {
    const before = known.get(index);
    if (before !== undefined) return before;
    if (under.has(index)) {
      circle ??= index;
      return 0;
    }
    under.add(index);
    const { cells, calls } = functions[index] as Called;
    const frame = bytes(cells);
    const all = frame + calls.reduce((deepest, callee) => Math.max(deepest, need(callee)), frame);
    under.delete(index);
    known.set(index, all);
    return all;
  };
  const all = bytes(LEAST) + Math.max(bytes(LEAST), need(entry));
  return { bytes: all, ...(circle !== undefined && { circle }) };
}

/** A host call with parameters of so many cells. */
export const hostCall = (cells: number): Called => ({ cells: Math.max(LEAST, cells), calls: [] });
