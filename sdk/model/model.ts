/**
 * The model: runs the modules of an app in Node's WebAssembly on a virtual clock, as docs/language.md
 * defines it. It shares no code with the firmware and writes the same trace: that page and the contract are all that
 * both know.
 *
 * Pure: no I/O, no real time. A reaction takes no time; time moves only by `advance`. What it doesn't have is the clock
 * that ends an endless reaction, nor the trial of a new app: an app is committed as soon as it is installed.
 */
import type { ErrorName } from '../../hal/contract/index.js';
import { checkApp } from './app.js';
import { Behaviour, type Stats, type Status } from './behaviour.js';
import type { ModelBoard } from './board.js';
import type { World } from './context.js';
import { Devices, type PwmState } from './devices/index.js';
import { Refused } from './fault.js';
import { loadModule, type Program } from './guest.js';
import { observed, operandsFor, parseSchema } from './schema.js';
import type { Values } from './state.js';
import { type Operand, Trace } from './trace.js';

/** A log line of a behaviour. */
export interface LogLine {
  readonly timeUs: number;
  readonly behaviour: string;
  /** Template; {} stands for an argument. */
  readonly text: string;
  readonly fields: readonly number[];
}

/** A message on a topic. */
export interface TopicMessage {
  readonly timeUs: number;
  readonly topic: string;
  readonly fields: readonly number[];
}

/** A module's bytes, or a program that runs in another way, such as the interpreter's. */
export type Installable = Uint8Array | Program;

/** Reactions at one instant after which an app is taken to wake itself for ever, such as by a timer of 0. */
const MOST_AT_ONCE = 100_000;

export class Model implements World {
  nowUs = 0;
  readonly trace = new Trace();
  readonly devices: Devices;
  readonly logs: LogLine[] = [];
  readonly messages: TopicMessage[] = [];

  private behaviours: Behaviour[] = [];
  private orders = 0;
  /** Last checkpoints of retained variables: flash, so they outlive a power cut. */
  private readonly saved = new Map<string, Values>();

  /** Installs and starts `modules` at time 0. Throws Refused. */
  constructor(
    private readonly board: ModelBoard,
    modules: readonly Installable[] = [],
  ) {
    this.devices = new Devices((resource, value, lost) => {
      for (const behaviour of this.behaviours) behaviour.agenda.resourceChanged(resource, value, lost);
    });
    this.install(modules);
  }

  // ---- the app ----

  /** Replaces the running app: unchanged behaviours go on, changed ones are swapped, new ones start. Throws Refused. */
  install(modules: readonly Installable[]): void {
    const programs = modules.map((module) => (module instanceof Uint8Array ? loadModule(module) : module));
    checkApp(programs, this.board);
    const old = this.behaviours;
    const plan = programs.map((program) => {
      const before = old.find(({ name }) => name === program.manifest.name);
      const same = before !== undefined && before.program.identity === program.identity;
      return { behaviour: same ? before : new Behaviour(program, this, this.saved), before: same ? undefined : before };
    });
    const names = new Set(programs.map(({ manifest }) => manifest.name));
    for (const gone of old) if (!names.has(gone.name)) gone.leave();
    for (const { behaviour, before } of plan) before?.rest(behaviour);
    this.behaviours = plan.map(({ behaviour }) => behaviour);
    for (const { behaviour, before } of plan) {
      if (before?.status === 'running') behaviour.startFrom(before);
      else if (!old.includes(behaviour)) behaviour.start();
    }
    this.run();
  }

  /** Starts a stopped or parked behaviour. */
  start(name: string): void {
    const behaviour = this.behaviour(name);
    if (behaviour.status !== 'stopped' && behaviour.status !== 'parked') throw new Refused('state', name);
    behaviour.start();
    this.run();
  }

  stop(name: string): void {
    const behaviour = this.behaviour(name);
    if (behaviour.status === 'stopped') throw new Refused('state', name);
    behaviour.stop();
    this.run();
  }

  status(name: string): Status {
    return this.behaviour(name).status;
  }

  stats(name: string): Readonly<Stats> {
    return this.behaviour(name).stats;
  }

  /** Cuts the power and restores it: RAM is lost, checkpoints stay, time starts at 0. */
  power(): void {
    const programs = this.behaviours.map(({ program }) => program);
    for (const behaviour of this.behaviours) behaviour.halt();
    this.behaviours = [];
    this.devices.reset();
    this.nowUs = 0;
    this.install(programs);
  }

  // ---- time ----

  /** Lets `us` microseconds pass and does everything that becomes due meanwhile. */
  advance(us: number): void {
    const end = this.nowUs + us;
    this.run();
    for (let next = this.nextDueUs(); next <= end; next = this.nextDueUs()) {
      this.nowUs = Math.max(next, this.nowUs);
      this.run();
    }
    this.nowUs = end;
  }

  private nextDueUs(): number {
    return Math.min(Infinity, ...this.behaviours.map((behaviour) => behaviour.nextDueUs()));
  }

  /** Runs until nothing is left to do at this instant: the highest priority first, among equals the oldest event. */
  private run(): void {
    for (let reactions = 0; ; reactions++) {
      if (reactions > MOST_AT_ONCE)
        throw new Error(`the app does not come to rest at ${this.nowUs} us: more than ${MOST_AT_ONCE} reactions`);
      for (const behaviour of this.behaviours) behaviour.supervise();
      for (const behaviour of this.behaviours) behaviour.agenda.enterDue();
      const [next] = this.behaviours
        .filter(({ agenda }) => agenda.headOrder < Infinity)
        .sort((a, b) => b.manifest.priority - a.manifest.priority || a.agenda.headOrder - b.agenda.headOrder);
      if (next === undefined) return;
      next.step();
    }
  }

  // ---- what is wired to it ----

  /** Drives an input pin low or high, or lets it float to its pull. */
  pinSet(pin: string, level: 0 | 1 | 'float'): void {
    this.devices.pins.drive(pin, level);
    this.run();
  }

  /** Electrical level of a pin. */
  pin(name: string): 0 | 1 {
    return this.devices.pins.level(name);
  }

  pwm(name: string): PwmState {
    return this.devices.pwm.get(name);
  }

  adcSet(pin: string, millivolts: number): void {
    this.devices.analogMv.set(pin, millivolts);
  }

  /** Attaches or detaches an I2C device of 256 byte registers. */
  i2cDevice(bus: string, address: number, present = true): void {
    this.devices.i2c.attach(bus, address, present);
  }

  /** Sets registers of an I2C device. */
  i2cSet(bus: string, address: number, reg: number, data: ArrayLike<number>): void {
    this.devices.i2c.set(bus, address, reg, data);
  }

  /** The next `count` transfers of the device fail. */
  i2cFault(bus: string, address: number, error: ErrorName | undefined, count: number): void {
    this.devices.i2c.fail(bus, address, error, count);
  }

  /** Bytes arrive at a serial port. */
  uartSend(port: string, data: ArrayLike<number>): void {
    this.devices.serial.receive(port, data);
    this.run();
  }

  // ---- what an operator does ----

  paramGet(behaviour: string, name: string): number {
    return this.behaviour(behaviour).paramGet(name);
  }

  paramSet(behaviour: string, name: string, value: number | bigint): void {
    this.behaviour(behaviour).paramSet(name, value);
    this.run();
  }

  /** A message from outside the board. */
  publish(topic: string, values: readonly number[]): void {
    const fields = operandsFor(parseSchema(this.schema(topic)), values);
    this.deliver(topic, fields, this.nowUs);
    this.run();
  }

  // ---- World ----

  nextOrder(): number {
    return this.orders++;
  }

  deliver(topic: string, fields: readonly Operand[], timeUs: number): void {
    const schema = parseSchema(this.schema(topic));
    this.messages.push({ timeUs, topic, fields: schema.map(({ type }, i) => observed(type, fields[i] ?? 0)) });
    for (const behaviour of this.behaviours) behaviour.agenda.messageArrived(topic, fields, timeUs);
  }

  log(timeUs: number, behaviour: string, text: string, fields: readonly number[]): void {
    this.logs.push({ timeUs, behaviour, text, fields });
  }

  private schema(topic: string): string {
    const uses = this.behaviours.flatMap(({ manifest }) => manifest.uses);
    const use = uses.find(({ fields }) => fields['topic'] === topic);
    if (use === undefined) throw new Refused('unknown', topic);
    return String(use.fields['schema']);
  }

  private behaviour(name: string): Behaviour {
    const found = this.behaviours.find((behaviour) => behaviour.name === name);
    if (found === undefined) throw new Refused('unknown', name);
    return found;
  }
}
