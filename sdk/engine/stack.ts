/** Bytes of the execution stack, by the rules of WAMR's fast interpreter. */
import type { Layout } from '../../hal/contract/index.js';

/** A function, by its index: cells of its frame and what it calls. */
export interface Called {
  readonly cells: number;
  readonly calls: readonly number[];
}

/** Cells of a frame that holds only what passes through: of the entry's caller, and of a host call at least. */
const LEAST = 2;

/**
 * What a call of `entry` needs at most; nothing if a function calls itself, directly or through others. Where a frame
 * is laid, twice its size must be free.
 */
export function stackOf(functions: readonly Called[], entry: number, layout: Layout): number | undefined {
  const bytes = (cells: number): number => layout.frame + 4 * cells;
  const known = new Map<number, number | undefined>();
  const need = (index: number): number | undefined => {
    if (known.has(index)) return known.get(index);
    known.set(index, undefined);
    const { cells, calls } = functions[index] as Called;
    const frame = bytes(cells);
    let below: number | undefined = frame;
    for (const callee of calls) {
      const deep = need(callee);
      below = deep === undefined || below === undefined ? undefined : Math.max(below, deep);
    }
    const all = below === undefined ? undefined : frame + below;
    known.set(index, all);
    return all;
  };
  const deepest = need(entry);
  return deepest === undefined ? undefined : bytes(LEAST) + Math.max(bytes(LEAST), deepest);
}

/** A host call with parameters of so many cells. */
export const hostCall = (cells: number): Called => ({ cells: Math.max(LEAST, cells), calls: [] });
