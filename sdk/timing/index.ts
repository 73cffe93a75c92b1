/**
 * What behaviours need of a board's processor time, and how long their events wait for each other, from the bounds in
 * their manifests and the speed in the board's file. Boards compute the load by the same rules (firmware/core/load.c).
 */
import { limits } from '../../hal/contract/index.js';
import type { Manifest } from '../image/index.js';

/** Worst-case nanoseconds of a board. */
export interface Speed {
  /** One instruction of a guest. */
  readonly instructionNs: number;
  /** One host call, without the time of a bus. */
  readonly callNs: number;
  /** Taking an event to the guest and back. */
  readonly eventNs: number;
}

/** What of a board decides how long reactions take on it. */
export interface Pace {
  readonly speed: Speed;
  /** Longest reaction before it is abandoned; it stands for a bound that a manifest doesn't know. */
  readonly reactionUs: number;
}

/** The pace of a board by its file. */
export const paceOf = (board: { readonly speed: Speed; readonly budgets: Pick<Pace, 'reactionUs'> }): Pace => ({
  speed: board.speed,
  reactionUs: board.budgets.reactionUs,
});

/** One entry of a module: the lifecycle, a source, or a timer. */
export interface EntryTime {
  /** What the module is called with: 0, a source, or −1 − the number of a timer. */
  readonly source: number;
  readonly costNs: number;
  /** Absent where nothing says how often it comes. */
  readonly periodUs?: number;
}

/** The entries of a manifest in the order of its bounds. */
export function entryTimes({ bounds, sources, timers }: Manifest, { speed, reactionUs }: Pace): EntryTime[] {
  const cost = (index: number): number => {
    const [instructions = 0, calls = 0] = bounds.slice(2 + 2 * index);
    if (instructions === 0) return reactionUs * 1000;
    return speed.eventNs + instructions * speed.instructionNs + calls * speed.callNs;
  };
  return [
    { source: 0, costNs: cost(0) },
    ...sources.map(({ kind, fields }, i) => ({
      source: i + 1,
      costNs: cost(i + 1),
      ...(kind === 'every' && { periodUs: Number(fields['period']) }),
    })),
    ...Array.from({ length: timers }, (_, id) => ({ source: -1 - id, costNs: cost(sources.length + 1 + id) })),
  ];
}

/** Permille of the processor's time that an entry takes, as far as it is known how often it comes. */
export const shareOf = ({ costNs, periodUs }: EntryTime): number => (periodUs === undefined ? 0 : costNs / periodUs);

/** Permille that the periods of a behaviour need. */
export const needOf = (entries: readonly EntryTime[]): number =>
  entries.reduce((sum, entry) => sum + shareOf(entry), 0);

/** True if nothing says how often some of its events come. */
const isOpen = ({ timers, sources }: Manifest): boolean => timers > 0 || sources.some(({ kind }) => kind !== 'every');

/**
 * Permille that other behaviours can't have: what its periods need; with events of which nothing says how often they
 * come, the load that it declares.
 */
export const takesOf = (manifest: Manifest, entries: readonly EntryTime[]): number =>
  Math.max(needOf(entries), isOpen(manifest) ? manifest.load : 0);

/** Permille of a second that a board lets a behaviour run: what its manifest says, else what follows from it. */
export function loadOf(manifest: Manifest, pace: Pace): number {
  if (manifest.load > 0) return manifest.load;
  if (isOpen(manifest)) return limits.load.value;
  const shares = entryTimes(manifest, pace).map((entry) => Math.ceil(limits.load_margin.value * shareOf(entry)));
  const sum = shares.reduce((all, share) => all + share, 0);
  return Math.min(limits.load_whole.value, Math.max(limits.load_least.value, sum));
}

/** Microseconds that an event of a behaviour may wait for its neighbours; without a period there is no limit. */
export function deadlineOf({ deadline, sources }: Manifest): number {
  if (deadline > 0) return deadline;
  const periods = sources.flatMap(({ kind, fields }) => (kind === 'every' ? [Number(fields['period'])] : []));
  return limits.deadline_periods.value * Math.min(Infinity, ...periods);
}
