/**
 * Whether the neighbour misses a tick: from the edges on its pin, whatever a loaded computer does between two
 * questions.
 */
import type { BoardRig } from '../board-rig.js';
import { BEAT_US } from './modules.js';

/** What the neighbour has done so far. */
export interface Beats {
  readonly edges: number;
  /** Ticks that it skipped because the computer kept the board from running for longer than its queue holds. */
  readonly skipped: number;
  /** The board's time before and after it was asked for the edges. */
  readonly afterUs: number;
  readonly beforeUs: number;
}

export async function beats(rig: BoardRig, pin: string): Promise<Beats> {
  const time = async (): Promise<number> => (await rig.link.request('board', {})).time;
  const afterUs = await time();
  const { edges } = await rig.pinGet(pin);
  const { overruns, dropped } = await rig.stats('neighbour');
  return { edges, skipped: overruns + dropped, afterUs, beforeUs: await time() };
}

/**
 * Ticks that must have been between two readings and weren't. One that is only late is missing no more at the next
 * look.
 */
export const missing = (from: Beats, to: Beats): number =>
  (to.afterUs - from.beforeUs) / BEAT_US - (to.edges - from.edges) - (to.skipped - from.skipped);

/** Ticks beyond those that can have been. Those that waited at the first reading are among them. */
export const surplus = (from: Beats, to: Beats): number =>
  to.edges - from.edges - (to.beforeUs - from.afterUs) / BEAT_US;
