/** One behaviour of the model: its instance, its state, and what happens when it fails. */
import { lifecycle, limits, type statuses } from '../../hal/contract/index.js';
import { Agenda, type AgendaStats } from './agenda.js';
import { callRow, invoke } from './calls/index.js';
import { type Caller, numberField, type PutField, type World } from './context.js';
import type { Event } from './events.js';
import { Fault } from './fault.js';
import type { Guest, Program } from './guest.js';
import type { Manifest, Use } from './manifest.js';
import { Outputs } from './outputs.js';
import {
  capture,
  findParam,
  paramOperand,
  paramValue,
  restore,
  type SavedValue,
  sameValues,
  type Values,
} from './state.js';
import { formatOperand, type Operand } from './trace.js';

/** Status of a behaviour. */
export type Status = (typeof statuses)[number];

/** Counters since it was installed. */
export interface Stats extends AgendaStats {
  reactions: number;
  /** Messages over their declared rate. */
  limited: number;
  restarts: number;
  faults: number;
  /** Code of the last fault, 0: none yet. */
  lastFault: number;
}

const NO_EVENT: Event = { source: 0, argument: 0, timeUs: 0, order: 0, generation: 0 };

export class Behaviour implements Caller {
  status: Status = 'stopped';
  readonly stats: Stats = {
    reactions: 0,
    events: 0,
    dropped: 0,
    overruns: 0,
    limited: 0,
    restarts: 0,
    faults: 0,
    lastFault: 0,
  };
  readonly agenda: Agenda;
  readonly put: PutField[] = [];
  event: Event = NO_EVENT;

  private guest: Guest | undefined;
  private readonly outputs: Outputs;
  /** Logical time of the last message accepted, by handle. */
  private readonly lastSentUs = new Map<number, number>();
  /** Values of the parameters by slot: they survive a restart. */
  private readonly liveParams = new Map<number, Operand>();
  /** Values of the parameters' declarations, by slot. */
  private readonly firstValues = new Map<number, SavedValue>();
  /** Slots of the parameters that somebody has set. */
  private readonly ownParams = new Set<number>();
  private saveWanted = false;
  private consecutiveFaults = 0;
  private begunUs = 0;
  private restartUs = Infinity;
  private checkpointUs = Infinity;

  /** `saved`: last checkpoints by behaviour, kept over a power cut by whoever owns the map. */
  constructor(
    readonly program: Program,
    readonly world: World,
    private readonly saved: Map<string, Values>,
  ) {
    this.outputs = new Outputs(program.manifest.uses, world.devices);
    this.agenda = new Agenda(program.manifest, world, this.stats);
  }

  get manifest(): Manifest {
    return this.program.manifest;
  }

  get name(): string {
    return this.manifest.name;
  }

  // ---- life ----

  /** Starts it fresh, with the last checkpoint of its retained variables. */
  start(): void {
    this.consecutiveFaults = 0;
    this.outputs.begin();
    this.begin(lifecycle.start);
    this.complete();
  }

  /** Gives up the outputs that the next version lacks. */
  rest(next: Behaviour): void {
    this.outputs.rest(next.outputs);
  }

  /** Takes over from an older version: variables, parameters, output levels, phases, and events that both know. */
  startFrom(old: Behaviour): void {
    this.outputs.takeOver(old.outputs);
    const values = old.capture('all');
    this.begin(lifecycle.swap, old.guest === undefined ? undefined : old.manifest);
    this.restore(values, 'all');
    this.loadParams();
    this.complete();
    old.lastSentUs.forEach((timeUs, handle) => {
      this.inheritRate(old.manifest.uses[handle], timeUs);
    });
    this.agenda.takeOver(old.agenda);
    old.halt();
  }

  /** Stops it: its reaction to `stop` if it has one, a checkpoint, safe outputs. */
  stop(): void {
    if (this.status === 'stopped') return;
    if (this.status === 'running' && this.manifest.finish) {
      this.react({ ...NO_EVENT, argument: lifecycle.stop, timeUs: this.world.nowUs });
    }
    if (this.status === 'running') this.checkpoint();
    this.halt();
    this.outputs.safe();
  }

  /** Ends it without a word because the next app lacks it: safe outputs. */
  leave(): void {
    this.halt();
    this.outputs.safe();
  }

  /** Ends it without a word, as a power cut does. */
  halt(): void {
    this.status = 'stopped';
    this.silence();
  }

  private begin(argument: number, before?: Manifest): void {
    this.guest = this.program.instantiate((id, operands) => this.call(id, operands));
    for (const slot of this.paramSlots)
      this.firstValues.set(slot, { type: this.guest.typeOf(slot), value: this.guest.read(slot) });
    const saved = this.saved.get(this.name);
    if (saved !== undefined) this.restore(saved, 'retain');
    for (const [slot, value] of this.liveParams) this.guest.write(slot, value);
    this.loadParams();
    this.status = 'running';
    this.begunUs = this.world.nowUs;
    this.restartUs = Infinity;
    this.checkpointUs = this.retains ? this.world.nowUs + limits.checkpoint_ms.value * 1000 : Infinity;
    this.agenda.begin(argument, before);
  }

  private silence(): void {
    this.agenda.end();
    this.guest = undefined;
    this.checkpointUs = Infinity;
    this.restartUs = Infinity;
  }

  /** Live values are those that the instance has now. */
  private loadParams(): void {
    for (const slot of this.paramSlots) this.liveParams.set(slot, this.readSlot(slot));
  }

  private get paramSlots(): number[] {
    return this.manifest.uses.filter(({ kind }) => kind === 'param').map(({ fields }) => Number(fields['slot']));
  }

  private restore(values: Values, which: 'all' | 'retain'): void {
    if (this.guest === undefined) return;
    for (const slot of restore(this.guest, this.manifest, values, which)) this.ownParams.add(slot);
  }

  /** A parameter that nobody has set has no value to keep: that of the next version goes before it. */
  private isOwn(slot: number): boolean {
    const first = this.firstValues.get(slot);
    return first === undefined || this.ownParams.has(slot) || !Object.is(this.readSlot(slot), first.value);
  }

  private capture(which: 'all' | 'retain'): Values {
    if (this.guest === undefined) return new Map();
    return capture(this.guest, this.manifest, which, (slot) => this.isOwn(slot));
  }

  private inheritRate(publisher: Use | undefined, timeUs: number): void {
    this.manifest.uses.forEach(({ kind, fields }, handle) => {
      if (kind === 'publish' && fields['topic'] === publisher?.fields['topic']) this.lastSentUs.set(handle, timeUs);
    });
  }

  // ---- time ----

  /** Earliest time at which something happens by itself. */
  nextDueUs(): number {
    return Math.min(this.restartUs, this.checkpointUs, this.agenda.nextDueUs());
  }

  /** What the supervisor does by now: restart after a fault, automatic checkpoint. */
  supervise(): void {
    if (this.restartUs <= this.world.nowUs) {
      this.stats.restarts++;
      this.begin(lifecycle.restart);
      this.complete();
    }
    if (this.checkpointUs <= this.world.nowUs) this.checkpoint();
  }

  /** Handles the next event. */
  step(): void {
    const event = this.agenda.take();
    if (event !== undefined) this.react(event);
  }

  // ---- reactions ----

  private react(event: Event): void {
    this.event = event;
    this.put.length = 0;
    this.saveWanted = false;
    this.stats.reactions++;
    this.world.trace.reaction(event.timeUs, this.name, event.source, event.argument);
    try {
      this.guest?.react(event.source, event.argument);
    } catch (error) {
      this.fail(faultOf(error));
      return;
    }
    if (event.source !== 0 || event.argument !== lifecycle.stop) this.agenda.reacted(event.source);
    if (this.saveWanted) this.checkpoint();
  }

  private call(id: number, operands: readonly Operand[]): Operand | undefined {
    const row = callRow(id);
    const handle = row.kinds.length > 0 || row.timer === true ? (['i32'] as const) : [];
    const types = [...handle, ...row.params.map(({ type }) => type)];
    const texts = operands.map((value, i) => formatOperand(types[i] ?? 'i32', value));
    try {
      const result = invoke(this, row, operands);
      this.world.trace.call(id, texts, result === undefined ? '-' : formatOperand(row.result?.type ?? 'i32', result));
      return result;
    } catch (error) {
      if (error instanceof Fault) this.world.trace.call(id, texts, `!${error.code}`);
      throw error;
    }
  }

  /** No guest code any more, safe outputs, then the restart that the manifest asks for. */
  private fail(fault: Fault): void {
    const { nowUs, trace } = this.world;
    const [delayMs, most] = this.manifest.restart;
    trace.fault(this.event.timeUs, this.name, fault.code);
    this.silence();
    this.outputs.safe();
    if (nowUs - this.begunUs >= limits.restart_max_ms.value * 1000) this.consecutiveFaults = 0;
    this.consecutiveFaults++;
    this.stats.faults++;
    this.stats.lastFault = fault.code;
    const parked = most > 0 && this.consecutiveFaults >= most;
    this.status = parked ? 'parked' : 'restarting';
    const backOffMs = Math.min(delayMs * 2 ** (this.consecutiveFaults - 1), limits.restart_max_ms.value);
    if (!parked) this.restartUs = nowUs + backOffMs * 1000;
  }

  private get retains(): boolean {
    return this.manifest.state.some(({ retain }) => retain);
  }

  private checkpoint(): void {
    if (this.guest === undefined || !this.retains) return;
    this.save(this.capture('retain'));
    this.checkpointUs = this.world.nowUs + limits.checkpoint_ms.value * 1000;
  }

  private save(values: Values): void {
    const last: Values = this.saved.get(this.name) ?? new Map<number, SavedValue>();
    if (!sameValues(this.manifest, last, values)) this.saved.set(this.name, values);
  }

  /** Saves what no checkpoint has yet, so that first values survive too. */
  private complete(): void {
    const last = this.saved.get(this.name);
    this.save(new Map([...this.capture('retain')].map(([hash, now]) => [hash, last?.get(hash) ?? now])));
  }

  // ---- what host calls do ----

  level(handle: number): 0 | 1 {
    return this.outputs.level(handle);
  }

  write(handle: number, level: 0 | 1): void {
    this.outputs.write(handle, level);
  }

  input(handle: number): 0 | 1 {
    return this.agenda.level(handle);
  }

  admit(handle: number, rateHz: number): boolean {
    const last = this.lastSentUs.get(handle);
    const now = this.event.timeUs;
    if (rateHz > 0 && last !== undefined && now < last + Math.floor(1e6 / rateHz)) {
      this.stats.limited++;
      return false;
    }
    this.lastSentUs.set(handle, now);
    return true;
  }

  armTimer(id: number, dueUs: number): void {
    this.agenda.armTimer(id, dueUs);
  }

  cancelTimer(id: number): void {
    this.agenda.cancelTimer(id);
  }

  readSlot(slot: number): Operand {
    return this.guest?.read(slot) ?? 0;
  }

  requestSave(): void {
    this.saveWanted = true;
  }

  // ---- parameters ----

  paramGet(name: string): number {
    const { use } = findParam(this.manifest, name);
    return paramValue(use, this.liveParams.get(numberField(use, 'slot')) ?? 0);
  }

  /** An operator's value of a retained parameter is saved at once. */
  private keep(slot: number, value: Operand): void {
    const entry = this.manifest.state[slot];
    const first = this.firstValues.get(slot);
    if (entry?.retain !== true || first === undefined) return;
    const saved = this.saved.get(this.name) ?? new Map<number, SavedValue>();
    this.saved.set(this.name, new Map([...saved, [entry.hash, { ...first, value }]]));
  }

  /** Throws Refused `unknown`, `range` or `invalid`. */
  paramSet(name: string, value: number | bigint): void {
    const { use, handle } = findParam(this.manifest, name);
    const slot = numberField(use, 'slot');
    const written = paramOperand(use, value);
    this.liveParams.set(slot, written);
    this.ownParams.add(slot);
    this.guest?.write(slot, written);
    this.keep(slot, written);
    this.agenda.paramChanged(handle);
  }
}

/** Why a reaction ended early. Errors that aren't the guest's are ours and pass. */
function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return new Fault('trap');
  throw error;
}
