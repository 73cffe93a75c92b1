/**
 * What becomes due in one behaviour as time passes: inputs, such as at the end of a debounce interval, periods,
 * one-shot timers. Items of one instant enter the queue in the order (due time, class, number); the classes are inputs
 * 0, periods 1, timers 2.
 */

/** One item that is due. */
export interface Due {
  readonly timeUs: number;
  readonly class: 0 | 1 | 2;
  /** Handle of the input, index of the source row, or timer id. */
  readonly number: number;
}

/** Orders two items as they enter the queue. */
export function compareDue(a: Due, b: Due): number {
  return a.timeUs - b.timeUs || a.class - b.class || a.number - b.number;
}

/** `every` rows: next due times, without drift. */
export class Periods {
  private readonly rows = new Map<number, { readonly periodUs: number; nextUs: number }>();

  /** `firstUs`: when it is due for the first time. */
  start(row: number, periodUs: number, firstUs: number): void {
    this.rows.set(row, { periodUs, nextUs: firstUs });
  }

  /** Next due time and period of a row, for the version that takes over. */
  phase(row: number): { readonly periodUs: number; readonly nextUs: number } | undefined {
    return this.rows.get(row);
  }

  get items(): Due[] {
    return [...this.rows].map(([number, { nextUs }]) => ({ timeUs: nextUs, class: 1, number }));
  }

  /** The row was due: it is due again one period after its due time, not after now. */
  pass(row: number): void {
    const entry = this.rows.get(row);
    if (entry !== undefined) entry.nextUs += entry.periodUs;
  }

  clear(): void {
    this.rows.clear();
  }
}

/** One-shot timers with generations: arming or cancelling makes what is already queued stale. */
export class Timers {
  private readonly armed = new Map<number, number>();
  private readonly generations = new Map<number, number>();

  after(id: number, dueUs: number): void {
    this.cancel(id);
    this.armed.set(id, dueUs);
  }

  cancel(id: number): void {
    this.armed.delete(id);
    this.generations.set(id, this.generation(id) + 1);
  }

  generation(id: number): number {
    return this.generations.get(id) ?? 0;
  }

  get items(): Due[] {
    return [...this.armed].map(([number, timeUs]) => ({ timeUs, class: 2, number }));
  }

  /** The timer expired: disarmed, its generation still valid. */
  pass(id: number): void {
    this.armed.delete(id);
  }

  clear(): void {
    for (const id of this.armed.keys()) this.cancel(id);
  }
}
