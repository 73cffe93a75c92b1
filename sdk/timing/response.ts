/**
 * How long an event may wait until its reaction has ended, if all behaviours of an app share one processor by priority
 * and no reaction is interrupted by another.
 */
import { limits } from '../../hal/contract/index.js';
import type { Manifest } from '../image/index.js';
import { entryTimes, type EntryTime, needOf, type Pace, takesOf } from './index.js';

interface Behaviour {
  readonly priority: number;
  readonly entries: readonly EntryTime[];
  readonly takes: number;
}

/**
 * Microseconds from an event of each behaviour to the end of its reaction, at most; Infinity where others leave it no
 * time. At worst the longest reaction of a lower priority has just begun, and one event of each source of the same and
 * of higher priorities comes at this moment. While these are answered, events of higher priorities come again, at a
 * rate: the share that their behaviours take. Work of `once + rate * t` is done when t is `once / (1 - rate)`. Of one
 * priority the oldest event is the first, so later ones of the same priority take no time of this one; if all together
 * take no more than there is, an event that comes later in such a rush waits no longer.
 */
export function responsesUs(manifests: readonly Manifest[], pace: Pace): number[] {
  const behaviours = manifests.map((manifest): Behaviour => {
    const entries = entryTimes(manifest, pace);
    return { priority: manifest.priority, entries, takes: takesOf(manifest, entries) };
  });
  return behaviours.map((behaviour) => responseUs(behaviour, behaviours));
}

function responseUs(own: Behaviour, all: readonly Behaviour[]): number {
  const higher = all.filter(({ priority }) => priority > own.priority);
  const equal = all.filter((each) => each !== own && each.priority === own.priority);
  const lower = all.filter(({ priority }) => priority < own.priority);
  const rate = shareOfAll(higher);
  if (rate >= 1 || rate + shareOfAll(equal) + needOf(own.entries) / limits.load_whole.value > 1) return Infinity;
  const blocking = Math.max(0, ...lower.flatMap(({ entries }) => entries.map(({ costNs }) => costNs)));
  // The start of the behaviour itself comes before all of its events.
  const once = [...[...higher, ...equal].flatMap(({ entries }) => entries), ...own.entries.slice(1)];
  return (blocking + once.reduce((sum, { costNs }) => sum + costNs, 0)) / (1 - rate) / 1000;
}

const shareOfAll = (behaviours: readonly Behaviour[]): number =>
  behaviours.reduce((sum, { takes }) => sum + takes, 0) / limits.load_whole.value;
