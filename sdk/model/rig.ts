/**
 * A rig: a board that runs an app, and what is wired to it. The model, the virtual board and later an emulated or a
 * real one are rigs, so the same stimulus and the same test run on each. Methods mirror the messages of the bench and
 * of the link; a refusal rejects with an error whose `row` is the code of the contract.
 */
import type { ErrorName } from '../../hal/contract/index.js';
import { errorCode, Refused } from './fault.js';
import type { Status } from './behaviour.js';
import type { LogLine, Model, TopicMessage } from './model.js';

/** What a rig does to an input: drives it low or high, or lets it float to its pull. */
export type PinDrive = 0 | 1 | 'float';

/** Electrical level of a pin and how often it changed since the board started. */
export interface PinReading {
  readonly level: number;
  readonly edges: number;
}

/** State of a PWM channel; `writes` counts changes since the board started, frequency 0 is off. */
export interface PwmReading {
  readonly pulse: number;
  readonly duty: number;
  readonly frequency: number;
  readonly writes: number;
}

/** Status of a behaviour, code of its last fault (0: none) and how many there were. */
export interface RigStatus {
  readonly status: Status;
  readonly fault: number;
  readonly faults: number;
}

/** Counters of a behaviour since it was installed; the contract's `stats` says what they count. */
export type RigStats = Readonly<
  Record<'reactions' | 'events' | 'dropped' | 'overruns' | 'limited' | 'restarts', number>
>;

export interface Rig {
  /** Lets time pass. On virtual time it returns when all that became due is done. Resolves with the board's time. */
  advance(us: number): Promise<number>;
  /** Cuts the power and restores it: RAM is lost, flash and what is wired stay. */
  power(): Promise<void>;

  pinSet(pin: string, drive: PinDrive): Promise<void>;
  pinGet(pin: string): Promise<PinReading>;
  pwmGet(channel: string): Promise<PwmReading>;
  adcSet(input: string, millivolts: number): Promise<void>;
  i2cDevice(bus: string, address: number, present: boolean): Promise<void>;
  i2cSet(bus: string, address: number, reg: number, data: Uint8Array): Promise<void>;
  i2cGet(
    bus: string,
    address: number,
    reg: number,
    count: number,
  ): Promise<{ readonly data: Uint8Array; readonly transfers: number }>;
  /** The next `count` transfers fail; `undefined` ends it. */
  i2cFault(bus: string, address: number, error: ErrorName | undefined, count: number): Promise<void>;
  spiSet(bus: string, select: string, reg: number, data: Uint8Array): Promise<void>;
  spiGet(bus: string, select: string, reg: number, count: number): Promise<Uint8Array>;
  uartSend(port: string, data: Uint8Array): Promise<void>;
  uartTake(port: string): Promise<Uint8Array>;

  /** Replaces the app; unchanged behaviours go on, changed ones are swapped. */
  install(modules: readonly Uint8Array[]): Promise<void>;
  start(behaviour: string): Promise<void>;
  stop(behaviour: string): Promise<void>;
  paramGet(behaviour: string, name: string): Promise<number>;
  paramSet(behaviour: string, name: string, value: number | bigint): Promise<void>;
  publish(topic: string, values: readonly number[]): Promise<void>;
  status(behaviour: string): Promise<RigStatus>;
  stats(behaviour: string): Promise<RigStats>;
  /** All messages on all topics so far. */
  messages(): Promise<readonly TopicMessage[]>;
  /** All log lines so far. */
  logs(): Promise<readonly LogLine[]>;
}

/** The code of a refusal by whatever rig, `undefined` for other errors. */
export function refusalOf(error: unknown): number | undefined {
  return error instanceof Error && 'row' in error && typeof error.row === 'number' ? error.row : undefined;
}

/** Runs what the model does at once as a step of a rig. */
async function step<T>(act: () => T): Promise<T> {
  await Promise.resolve();
  try {
    return act();
  } catch (error) {
    throw error instanceof Refused ? Object.assign(error, { row: errorCode(error.reason) }) : error;
  }
}

/** The model as a rig. */
export function modelRig(model: Model): Rig {
  return {
    advance: (us) =>
      step(() => {
        model.advance(us);
        return model.nowUs;
      }),
    power: () =>
      step(() => {
        model.power();
      }),
    ...modelWires(model),
    ...modelApp(model),
  };
}

type Wires = 'pinSet' | 'pinGet' | 'pwmGet' | 'adcSet' | `i2c${string}` | `spi${string}` | `uart${string}`;

/** What is wired to the model. */
function modelWires(model: Model): Pick<Rig, Extract<keyof Rig, Wires>> {
  const { devices } = model;
  return {
    pinSet: (pin, drive) =>
      step(() => {
        model.pinSet(pin, drive);
      }),
    pinGet: (pin) => step(() => ({ level: devices.pins.level(pin), edges: devices.pins.edges(pin) })),
    pwmGet: (channel) =>
      step(() => {
        const { pulseUs, dutyPct, frequencyHz, writes } = model.pwm(channel);
        return { pulse: pulseUs, duty: dutyPct, frequency: frequencyHz, writes };
      }),
    adcSet: (input, millivolts) =>
      step(() => {
        model.adcSet(input, millivolts);
      }),
    i2cDevice: (bus, address, present) =>
      step(() => {
        model.i2cDevice(bus, address, present);
      }),
    i2cSet: (bus, address, reg, data) =>
      step(() => {
        model.i2cSet(bus, address, reg, data);
      }),
    i2cGet: (bus, address, reg, count) => step(() => devices.i2c.get(bus, address, reg, count)),
    i2cFault: (bus, address, error, count) =>
      step(() => {
        model.i2cFault(bus, address, error, count);
      }),
    spiSet: (bus, select, reg, data) =>
      step(() => {
        devices.spi.set(bus, select, reg, data);
      }),
    spiGet: (bus, select, reg, count) => step(() => devices.spi.get(bus, select, reg, count)),
    uartSend: (port, data) =>
      step(() => {
        model.uartSend(port, data);
      }),
    uartTake: (port) => step(() => devices.serial.take(port)),
  };
}

/** The app of the model, as an operator sees it. */
function modelApp(model: Model): Omit<Rig, 'advance' | 'power' | Extract<keyof Rig, Wires>> {
  return {
    install: (modules) =>
      step(() => {
        model.install(modules);
      }),
    start: (behaviour) =>
      step(() => {
        model.start(behaviour);
      }),
    stop: (behaviour) =>
      step(() => {
        model.stop(behaviour);
      }),
    paramGet: (behaviour, name) => step(() => model.paramGet(behaviour, name)),
    paramSet: (behaviour, name, value) =>
      step(() => {
        model.paramSet(behaviour, name, value);
      }),
    publish: (topic, values) =>
      step(() => {
        model.publish(topic, values);
      }),
    status: (behaviour) =>
      step(() => {
        const { lastFault, faults } = model.stats(behaviour);
        return { status: model.status(behaviour), fault: lastFault, faults };
      }),
    stats: (behaviour) => step(() => model.stats(behaviour)),
    messages: () => step(() => model.messages),
    logs: () => step(() => model.logs),
  };
}
