import type { Event, Trail } from '../../check/program.js';
import { Body } from '../context.js';
import type { Lowering } from '../context.js';
import type { Stmt } from '../ir.js';
import { statements } from '../statements/index.js';
import { assemble } from './assemble.js';
import { Sequencer } from './sequencer.js';

/** A value of the entry's first argument: 0, a source's number, or -1 - a timer's id. */
export type Key = number;

/** What a trail does in the start-up reaction and at each event that can wake it. */
export interface TrailCode {
  readonly start: readonly Stmt[];
  readonly wakes: ReadonlyMap<Key, readonly Stmt[]>;
}

/** The key of an event. */
export const keyOf = (event: Event): Key => ('source' in event ? event.source.number : -1 - event.timer.id);

/** Lowers a trail. */
export function lowerTrail(shared: Lowering, trail: Trail): TrailCode {
  const b = new Body(shared);
  if (trail.kind === 'tick') {
    const label = b.label('tick');
    return {
      start: [],
      wakes: new Map([
        [keyOf(trail.event), [{ op: 'block', label, body: statements(b, trail.body, { again: label }) }]],
      ]),
    };
  }
  const sequencer = new Sequencer(b);
  sequencer.loop(trail.body);
  return assemble(b, sequencer);
}
