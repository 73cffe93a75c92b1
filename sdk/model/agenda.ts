/** What one behaviour has to react to, and when: its queue, and the inputs, periods and timers that fill it. */
import { numberField, textField, type World } from './context.js';
import { compareDue, type Due, Inputs, logical, Periods, Timers } from './due.js';
import { type Event, Queue } from './events.js';
import type { Manifest, Source, Use } from './manifest.js';
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
  /** False: nothing enters. */
  private open = false;
  private readonly queue = new Queue();
  private readonly periods = new Periods();
  private readonly timers = new Timers();
  private readonly inputs = new Inputs();

  constructor(
    private readonly manifest: Manifest,
    private readonly world: World,
    private readonly stats: AgendaStats,
  ) {}

  /**
   * Starts with one lifecycle event; inputs take the level that they find, periods begin now. A serial port that the
   * version `before` has left at its speed goes on with what waits in it.
   */
  begin(argument: number, before?: Manifest): void {
    const now = this.world.nowUs;
    this.open = true;
    this.manifest.uses.forEach((use, handle) => {
      if (use.kind === 'uart' && !before?.uses.some((old) => samePort(use, old)))
        this.world.devices.serial.configure(textField(use, 'name'));
      if (use.kind !== 'gpio.in') return;
      const pin = textField(use, 'name');
      this.world.devices.pins.input(pin, numberField(use, 'pull'));
      const level = this.world.devices.pins.level(pin);
      const intervalUs = numberField(use, 'debounce');
      this.inputs.add({
        handle,
        pin,
        activeLow: numberField(use, 'active') === 1,
        intervalUs,
        raw: level,
        reported: level,
        settlesUs: undefined,
      });
    });
    this.manifest.sources.forEach(({ kind, fields }, row) => {
      if (kind === 'every') this.periods.start(row, Number(fields['period']), now + Number(fields['period']));
    });
    this.enter({ source: 0, argument, timeUs: now });
  }

  /** Forgets everything; nothing enters until it begins again. */
  end(): void {
    this.open = false;
    this.queue.drain();
    this.periods.clear();
    this.timers.clear();
    this.inputs.clear();
  }

  // ---- time ----

  /** Earliest due time, Infinity if nothing is. */
  nextDueUs(): number {
    return Math.min(Infinity, ...this.dueItems().map(({ timeUs }) => timeUs));
  }

  /** Enters everything that is due by now, in order. */
  enterDue(): void {
    for (;;) {
      const [first] = this.dueItems()
        .filter(({ timeUs }) => timeUs <= this.world.nowUs)
        .sort(compareDue);
      if (first === undefined) return;
      this.pass(first);
    }
  }

  armTimer(id: number, dueUs: number): void {
    this.timers.after(id, dueUs);
  }

  cancelTimer(id: number): void {
    this.timers.cancel(id);
  }

  private dueItems(): Due[] {
    return [...this.inputs.items, ...this.periods.items, ...this.timers.items];
  }

  private pass({ class: kind, number, timeUs }: Due): void {
    if (kind === 0) this.settle(number, timeUs);
    else if (kind === 1) this.passPeriod(number, timeUs);
    else {
      this.timers.pass(number);
      this.enter({ source: -1 - number, timeUs, generation: this.timers.generation(number) });
    }
  }

  private passPeriod(row: number, timeUs: number): void {
    this.periods.pass(row);
    const waiting = this.queue.count(row + 1);
    const catchup = Number(this.manifest.sources[row]?.fields['catchup']);
    if (waiting > 0 && waiting >= catchup) this.stats.overruns++;
    else this.enter({ source: row + 1, timeUs });
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

  /** Debounced logical level of a gpio.in. */
  level(handle: number): 0 | 1 {
    const input = this.inputs.get(handle);
    return input === undefined ? 0 : logical(input);
  }

  pinChanged(pin: string, level: 0 | 1): void {
    for (const handle of this.inputs.change(pin, level, this.world.nowUs)) this.settle(handle, this.world.nowUs);
  }

  serialArrived(port: string, waiting: number): void {
    this.eachSource(
      'uart',
      ({ fields }) => this.manifest.uses[Number(fields['handle'])]?.fields['name'] === port,
      (source) => {
        this.enter({ source, argument: waiting, timeUs: this.world.nowUs });
      },
    );
  }

  paramChanged(handle: number): void {
    this.eachSource(
      'param',
      ({ fields }) => fields['handle'] === handle,
      (source) => {
        this.enter({ source, timeUs: this.world.nowUs });
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

  private settle(handle: number, timeUs: number): void {
    const level = this.inputs.settle(handle);
    if (level === undefined) return;
    const mask = level === 1 ? 1 : 2;
    this.eachSource(
      'edge',
      ({ fields }) => fields['handle'] === handle && (Number(fields['edges']) & mask) !== 0,
      (source) => {
        this.enter({ source, argument: level, timeUs });
      },
    );
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
    this.manifest.uses.forEach((use, handle) => {
      this.adoptInput(use, handle, old);
    });
    for (const event of old.queue.drain()) this.adopt(event, old.manifest);
  }

  private adoptInput(use: Use, handle: number, old: Agenda): void {
    const input = this.inputs.get(handle);
    const onPin = old.manifest.uses
      .flatMap((theirs, from) => (theirs.fields['pull'] === use.fields['pull'] ? (old.inputs.get(from) ?? []) : []))
      .filter(({ pin }) => pin === input?.pin);
    const before = onPin.find(({ intervalUs }) => intervalUs === input?.intervalUs) ?? onPin.at(-1);
    if (input !== undefined && before !== undefined)
      Object.assign(input, { raw: before.raw, reported: before.reported, settlesUs: before.settlesUs });
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
        (row.kind === 'every'
          ? index === event.source - 1 && mine.fields['period'] === row.fields['period']
          : mine.fields['edges'] === row.fields['edges'] && resourceOf(this.manifest, mine) === resourceOf(old, row)),
    );
    if (at < 0) return;
    if (!this.queue.push({ ...event, source: at + 1 })) this.stats.dropped++;
  }
}

/** True for the same serial port at the same speed. */
function samePort(a: Use, b: Use): boolean {
  return b.kind === 'uart' && a.fields['name'] === b.fields['name'] && a.fields['baud'] === b.fields['baud'];
}

/** Pin, port, parameter, or topic with its fields, that a source listens to. */
function resourceOf(manifest: Manifest, row: Source): string {
  const fields = manifest.uses[Number(row.fields['handle'])]?.fields;
  return String(fields?.['topic'] === undefined ? fields?.['name'] : `${fields['topic']} ${String(fields['schema'])}`);
}
