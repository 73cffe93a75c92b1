import type { Event } from '../../check/program.js';
import type { Segment } from '../ir.js';

/** A value of the entry's first argument: 0, a source's number, or -1 - a timer's id. */
export type Key = number;

/** The key of an event. */
export const keyOf = (event: Event): Key => ('source' in event ? event.source.number : -1 - event.timer.id);

/** A point where a sub-trail waits: the segment at which it goes on, and the event that wakes it. */
export interface Wait {
  readonly segment: Segment;
  readonly key: Key;
  /** The event is the expiry of the trail's own timer, armed right before the wait. */
  readonly sleep: boolean;
}

/**
 * A part of a trail that waits on its own: it has its own segments, its own wait points and, where these are several,
 * its own program counter. The sub-trails of one trail form a tree; those inside of another run side by side, and an
 * event wakes an outer one before its inner ones, which it wakes in lexical order. A `loop` is a tree of one today;
 * branches that run side by side inside of a loop become inner sub-trails.
 */
export interface SubTrail {
  /** In lexical order; each segment falls into the next one unless it ends with a jump. */
  readonly layout: readonly Segment[];
  readonly waits: readonly Wait[];
  readonly inner: readonly SubTrail[];
}

/** All segments of a tree. */
export const segmentsOf = ({ layout, inner }: SubTrail): readonly Segment[] => [
  ...layout,
  ...inner.flatMap(segmentsOf),
];
