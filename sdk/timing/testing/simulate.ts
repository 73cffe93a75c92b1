/** For tests: a processor that runs reactions by priority, one after the other, and takes exactly their costs. */
import type { Manifest } from '../../image/index.js';
import { entryTimes, type Pace } from '../index.js';

/** What a behaviour lived through. */
export interface Lived {
  readonly reactions: number;
  /** Longest time from an event to the end of its reaction, those that still wait included. */
  readonly responseUs: number;
}

interface Event {
  readonly behaviour: number;
  readonly atNs: number;
  readonly costNs: number;
}

/** Runs the periods of behaviours, each of which begins at its own offset; other events don't come. */
export function simulate(
  manifests: readonly Manifest[],
  pace: Pace,
  { untilUs, offsetUs }: { readonly untilUs: number; readonly offsetUs: (period: number) => number },
): Lived[] {
  const waiting = manifests.flatMap((manifest, behaviour) =>
    entryTimes(manifest, pace).flatMap(({ costNs, periodUs }) =>
      periodUs === undefined
        ? []
        : [...arrivals({ behaviour, costNs }, { periodUs, from: offsetUs(periodUs), untilUs })],
    ),
  );
  waiting.sort((a, b) => a.atNs - b.atNs);
  const lived = manifests.map(() => ({ reactions: 0, responseUs: 0 }));
  const note = ({ behaviour, atNs }: Event, endNs: number, ran: boolean): void => {
    const row = lived[behaviour] as (typeof lived)[number];
    row.responseUs = Math.max(row.responseUs, (endNs - atNs) / 1000);
    if (ran) row.reactions++;
  };
  const priority = ({ behaviour }: Event): number => manifests[behaviour]?.priority ?? 0;
  let now = 0;
  while (now < untilUs * 1000 && waiting.length > 0) {
    let best = 0;
    // Sorted by time: an equal priority that came earlier stays.
    for (let i = 1; i < waiting.length && (waiting[i] as Event).atNs <= now; i++)
      if (priority(waiting[i] as Event) > priority(waiting[best] as Event)) best = i;
    const [event] = waiting.splice(best, 1) as [Event];
    now = Math.max(now, event.atNs) + event.costNs;
    note(event, now, true);
  }
  for (const event of waiting) if (event.atNs < now) note(event, now, false);
  return lived;
}

function* arrivals(
  event: Pick<Event, 'behaviour' | 'costNs'>,
  { periodUs, from, untilUs }: { readonly periodUs: number; readonly from: number; readonly untilUs: number },
): Generator<Event> {
  for (let us = from; us < untilUs; us += periodUs) yield { ...event, atNs: us * 1000 };
}
