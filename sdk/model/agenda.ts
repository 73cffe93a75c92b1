/** What one behaviour has to react to, and when: its queue, and the inputs, periods and timers that fill it. */
import { type SourceKind, type SourceName, sources } from '../../hal/contract/index.js';
import { numberField, type World } from './context.js';
import { compareDue, type Due, Periods, Timers } from './due.js';
import { type Event, Queue } from './events.js';
import { type Input, kindModel } from './kinds/index.js';
import type { Fields, Manifest, Source, Use } from './manifest.js';
import type { Operand } from './trace.js';

/** What the agenda counts. */
export interface AgendaStats {
  /** Events accepted into the queue. */
  events: number;
  /** Events lost to a full queue. */
  dropped: number;
  /** Periodic events skipped. */
  overruns: number;
}

export class Agenda {
  /** False: events that come are dropped, because the behaviour does not run. */
  private open = false;
  private readonly queue = new Queue();
  private readonly periods = new Periods();
  private readonly timers = new Timers();
  /** By handle, in ascending order. */
  private readonly inputs = new Map<number, Input>();
  /** Handles of parameters whose change waits for room in the queue, and when it came. */
  private readonly changes = new Map<number, number>();

  constructor(
    private readonly manifest: Manifest,
    private readonly world: World,
    private readonly stats: AgendaStats,
  ) {}

  /**
   * Starts with one lifecycle event; inputs take what they find, periods begin now. `before` is the version whose
   * instance this one replaces.
   */
  begin(argument: number, before?: Manifest): void {
    const now = this.world.nowUs;
    this.open = true;
    this.manifest.uses.forEach((use, handle) => {
      const input = this.inputs.get(handle) ?? this.inputOf(use, handle, before?.uses ?? []);
      if (input !== undefined) this.inputs.set(handle, input);
    });
    this.manifest.sources.forEach(({ kind, fields }, row) => {
      if (kind === 'every') this.periods.start(row, Number(fields['period']), now + Number(fields['period']));
    });
    this.enter({ source: 0, argument, timeUs: now });
  }

  private inputOf(use: Use, handle: number, before: readonly Use[]): Input | undefined {
    return kindModel(use.kind).input?.({
      use,
      devices: this.world.devices,
      before,
      report: (source, argument, timeUs, events) => {
        this.eachSource(
          source,
          ({ fields }) => fields['handle'] === handle && wants(source, fields, events),
          (number) => {
            this.enter({ source: number, argument, timeUs });
          },
        );
      },
      announce: (source, argument, timeUs) => {
        this.eachSource(
          source,
          ({ fields }) => fields['handle'] === handle,
          (number) => {
            if (!this.queue.argue(number, argument)) this.enter({ source: number, argument, timeUs });
          },
        );
      },
      fits: () => this.fits(0),
      lose: (count, timeUs, text) => {
        this.stats.dropped += count;
        if (text !== undefined) this.world.log(timeUs, this.manifest.name, text, []);
      },
    });
  }

  /** A reaction to an event of `source` has ended. */
  reacted(source: number): void {
    const told = this.manifest.sources[source - 1]?.fields['handle'];
    for (const [handle, input] of this.inputs) input.reacted?.(told === handle, this.world.nowUs);
  }

  /** Forgets everything; nothing enters until it begins again. */
  end(): void {
    this.open = false;
    this.queue.drain();
    this.periods.clear();
    this.timers.clear();
    this.changes.clear();
    for (const [handle, { lasting }] of this.inputs) if (!lasting) this.inputs.delete(handle);
  }

  // ---- time ----

  /** Earliest due time, Infinity if nothing is. */
  nextDueUs(): number {
    return Math.min(Infinity, ...this.dueItems().map(({ timeUs }) => timeUs));
  }

  /** Enters everything that is due by now, in order, as far as there is room. */
  enterDue(): void {
    for (;;) {
      const [first] = this.dueItems()
        .filter(({ timeUs }) => timeUs <= this.world.nowUs)
        .sort(compareDue);
      if (first === undefined || !this.fits(first.class)) return;
      this.pass(first);
    }
  }

  /**
   * Changes of inputs and parameters, which up to two sources may want, and expiries of timers wait until the queue has
   * room; a tick without room is skipped.
   */
  private fits(kind: Due['class']): boolean {
    const wanted = { 0: 2, 1: 0, 2: 1 } as const;
    return this.queue.room >= wanted[kind];
  }

  armTimer(id: number, dueUs: number): void {
    this.timers.after(id, dueUs);
  }

  cancelTimer(id: number): void {
    this.timers.cancel(id);
  }

  private dueItems(): Due[] {
    const inputs = [...this.inputs].flatMap(([number, { dueUs }]) =>
      dueUs === undefined ? [] : [{ timeUs: dueUs, class: 0 as const, number }],
    );
    const changes = [...this.changes].map(([number, timeUs]) => ({ timeUs, class: 0 as const, number }));
    return [...inputs, ...changes, ...this.periods.items, ...this.timers.items];
  }

  private pass({ class: kind, number, timeUs }: Due): void {
    if (kind === 0 && this.changes.has(number)) this.paramChanged(number, timeUs);
    else if (kind === 0) this.inputs.get(number)?.pass?.(timeUs);
    else if (kind === 1) this.passPeriod(number, timeUs);
    else {
      this.timers.pass(number);
      this.enter({ source: -1 - number, timeUs, generation: this.timers.generation(number) });
    }
  }

  private passPeriod(row: number, timeUs: number): void {
    this.periods.pass(row);
    if (this.isCaughtUp(row)) this.stats.overruns++;
    else this.enter({ source: row + 1, timeUs });
  }

  /** True if as many ticks of a period wait as its row wants. */
  private isCaughtUp(row: number): boolean {
    const waiting = this.queue.count(row + 1);
    return waiting > 0 && waiting >= Number(this.manifest.sources[row]?.fields['catchup']);
  }

  // ---- events ----

  /** Position of the event that is next, Infinity if there is none. */
  get headOrder(): number {
    this.dropStale();
    return this.queue.head?.order ?? Infinity;
  }

  /** Takes the next event. */
  take(): Event | undefined {
    this.dropStale();
    return this.queue.shift();
  }

  /** Level of an input as a call reads it. */
  level(handle: number): 0 | 1 {
    return this.inputs.get(handle)?.level ?? 0;
  }

  /** The devices report the level of a pin, or how many bytes wait at a port, and how many were lost. */
  resourceChanged(name: string, value: number, lost?: number): void {
    for (const [handle, input] of this.inputs)
      if (this.manifest.uses[handle]?.fields['name'] === name) input.changed(value, this.world.nowUs, lost);
  }

  paramChanged(handle: number, timeUs = this.world.nowUs): void {
    if (!this.fits(0)) {
      this.changes.set(handle, timeUs);
      return;
    }
    this.changes.delete(handle);
    this.eachSource(
      'param',
      ({ fields }) => fields['handle'] === handle,
      (source) => {
        this.enter({ source, timeUs });
      },
    );
  }

  messageArrived(topic: string, fields: readonly Operand[], timeUs: number): void {
    if (!this.open) return;
    this.manifest.uses.forEach((use, handle) => {
      if (use.kind !== 'subscribe' || use.fields['topic'] !== topic) return;
      this.eachSource(
        'message',
        (row) => row.fields['handle'] === handle,
        (source) => {
          this.enterMessage(source, numberField(use, 'depth'), fields, timeUs);
        },
      );
    });
  }

  /** Depth 0: the latest message replaces one that waits. Depth n: at most n wait. */
  private enterMessage(source: number, depth: number, fields: readonly Operand[], timeUs: number): void {
    if (depth === 0 && this.queue.replace(source, timeUs, fields)) return;
    if (depth > 0 && this.queue.count(source) >= depth) this.stats.dropped++;
    else this.enter({ source, timeUs, fields });
  }

  private eachSource(kind: Source['kind'], matches: (row: Source) => boolean, act: (source: number) => void): void {
    this.manifest.sources.forEach((row, index) => {
      if (row.kind === kind && matches(row)) act(index + 1);
    });
  }

  private enter(event: Partial<Event> & Pick<Event, 'source' | 'timeUs'>): void {
    if (!this.open) return;
    const entered = this.queue.push({ argument: 0, generation: 0, order: this.world.nextOrder(), ...event });
    if (entered) this.stats.events++;
    else this.stats.dropped++;
  }

  /** An expiry whose timer was armed again or cancelled since isn't delivered. */
  private dropStale(): void {
    for (let head = this.queue.head; head !== undefined && head.source < 0; head = this.queue.head) {
      if (head.generation === this.timers.generation(-1 - head.source)) return;
      this.queue.shift();
    }
  }

  // ---- swap ----

  /**
   * Goes on where the agenda of an older version is: phases of equal periods, debounce intervals, events that both
   * know.
   */
  takeOver(old: Agenda): void {
    this.manifest.sources.forEach(({ kind, fields }, row) => {
      const phase = old.periods.phase(row);
      const period = Number(fields['period']);
      if (kind === 'every' && phase?.periodUs === period) this.periods.start(row, period, phase.nextUs);
    });
    const before = [...old.inputs.values()];
    for (const input of this.inputs.values()) input.takeOver?.(before);
    for (const event of old.queue.drain()) this.adopt(event, old.manifest);
  }

  /**
   * An event that waited for the old version goes to the same period, pin, port, topic or parameter of this one, if
   * there is one.
   */
  private adopt(event: Event, old: Manifest): void {
    const row = event.source > 0 ? old.sources[event.source - 1] : undefined;
    if (row === undefined) return;
    const at = this.manifest.sources.findIndex(
      (mine, index) =>
        mine.kind === row.kind &&
        sourceRow(row.kind).identity.every((field) => mine.fields[field] === row.fields[field]) &&
        (row.kind === 'every' ? index === event.source - 1 : resourceOf(this.manifest, mine) === resourceOf(old, row)),
    );
    if (at < 0) return;
    const source = at + 1;
    if (row.kind === 'every' && this.isCaughtUp(at)) this.stats.overruns++;
    else if (row.kind === 'message' && !this.hasPlace(at)) this.lose(source, event);
    else if (!this.queue.push({ ...event, source })) this.stats.dropped++;
  }

  /** A message that waited finds no place in the new version: of one that wants the latest only, it is the latest. */
  private lose(source: number, { timeUs, fields = [] }: Event): void {
    if (this.depthOf(source - 1) === 0) this.queue.replace(source, timeUs, fields);
    this.stats.dropped++;
  }

  /** True if a message may wait beside those that do. */
  private hasPlace(row: number): boolean {
    return this.queue.count(row + 1) < Math.max(1, this.depthOf(row));
  }

  private depthOf(row: number): number {
    const handle = Number(this.manifest.sources[row]?.fields['handle']);
    return numberField(this.manifest.uses[handle] as Use, 'depth');
  }
}

/** The contract's row of a kind of source. */
const sourceRow = (kind: SourceName): SourceKind => sources.find(({ name }) => name === kind) as SourceKind;

/** True if a source wants one of the events of its handle; `undefined`: the events aren't told apart. */
function wants(kind: SourceName, fields: Fields, events: number | undefined): boolean {
  const { mask } = sourceRow(kind);
  return events === undefined || mask === undefined || (Number(fields[mask]) & events) !== 0;
}

/** Pin, port, parameter, or topic with its fields, that a source listens to. */
function resourceOf(manifest: Manifest, row: Source): string {
  const fields = manifest.uses[Number(row.fields['handle'])]?.fields;
  return String(fields?.['topic'] === undefined ? fields?.['name'] : `${fields['topic']} ${String(fields['schema'])}`);
}
