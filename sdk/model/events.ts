/** The queue of one behaviour: events in the order in which they entered, at most `limits.queue`. */
import { limits } from '../../hal/contract/index.js';
import type { Operand } from './trace.js';

/** One event on its way to a behaviour. */
export interface Event {
  /** 0 lifecycle, 1…n rows of the manifest's sources, -1-id a timer. */
  readonly source: number;
  readonly argument: number;
  /** Logical time of its reaction. */
  readonly timeUs: number;
  /** Position among all events of the model; decides between behaviours of one priority. */
  readonly order: number;
  /** Timers: generation that armed it; an event of an older one is dropped when its turn comes. */
  readonly generation: number;
  /** Fields of a message. */
  readonly fields?: readonly Operand[];
}

export class Queue {
  private events: Event[] = [];

  get head(): Event | undefined {
    return this.events[0];
  }

  get waiting(): readonly Event[] {
    return this.events;
  }

  /** Places that are free. */
  get room(): number {
    return limits.queue.value - this.events.length;
  }

  /** False if it is full. */
  push(event: Event): boolean {
    if (this.events.length >= limits.queue.value) return false;
    this.events.push(event);
    return true;
  }

  shift(): Event | undefined {
    return this.events.shift();
  }

  count(source: number): number {
    return this.events.filter((event) => event.source === source).length;
  }

  /** Replaces time and fields of the waiting event of this source, which keeps its place. False if none waits. */
  replace(source: number, timeUs: number, fields: readonly Operand[]): boolean {
    const at = this.events.findIndex((event) => event.source === source);
    const old = this.events[at];
    if (old === undefined) return false;
    this.events[at] = { ...old, timeUs, fields };
    return true;
  }

  /** Gives the oldest waiting event of this source another argument. False if none waits. */
  argue(source: number, argument: number): boolean {
    const at = this.events.findIndex((event) => event.source === source);
    const old = this.events[at];
    if (old !== undefined) this.events[at] = { ...old, argument };
    return old !== undefined;
  }

  /** Empties it and returns what was in it. */
  drain(): Event[] {
    return this.events.splice(0);
  }
}
