/**
 * What becomes due in one behaviour as time passes: ends of debounce intervals, periods, one-shot timers. Items of one
 * instant enter the queue in the order (due time, class, number); the classes are debounce 0, periods 1, timers 2.
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

/** Debounced logical level of one input. */
export interface Input {
  readonly handle: number;
  readonly pin: string;
  readonly activeLow: boolean;
  readonly intervalUs: number;
  raw: 0 | 1;
  reported: 0 | 1;
  /** End of the running interval. */
  settlesUs: number | undefined;
}

/** Inputs of a behaviour. */
export class Inputs {
  private readonly inputs = new Map<number, Input>();

  add(input: Input): void {
    this.inputs.set(input.handle, input);
  }

  get(handle: number): Input | undefined {
    return this.inputs.get(handle);
  }

  /** A pin changed: restarts the interval of every input on it; returns the handles that report at once. */
  change(pin: string, level: 0 | 1, nowUs: number): number[] {
    const changed = [...this.inputs.values()].filter((input) => input.pin === pin);
    for (const input of changed) {
      input.raw = level;
      if (input.intervalUs > 0) input.settlesUs = nowUs + input.intervalUs;
    }
    return changed.filter(({ intervalUs }) => intervalUs === 0).map(({ handle }) => handle);
  }

  /** The interval of an input ended, or it has none: the new logical level if it differs from the reported one. */
  settle(handle: number): 0 | 1 | undefined {
    const input = this.inputs.get(handle);
    if (input === undefined) return undefined;
    input.settlesUs = undefined;
    if (input.raw === input.reported) return undefined;
    input.reported = input.raw;
    return logical(input);
  }

  get items(): Due[] {
    return [...this.inputs.values()].flatMap(({ handle, settlesUs }) =>
      settlesUs === undefined ? [] : [{ timeUs: settlesUs, class: 0 as const, number: handle }],
    );
  }

  clear(): void {
    this.inputs.clear();
  }
}

/** Level as the program sees it. */
export function logical(input: Input): 0 | 1 {
  return input.activeLow ? (input.reported === 1 ? 0 : 1) : input.reported;
}
