/**
 * A rig: a board that runs an app, and what is wired to it. The test host, the virtual board and later an emulated or a
 * real one are rigs, so the same stimulus and the same test run on each. Methods mirror the messages of the bench and
 * of the link; a refusal rejects with an error whose `row` is the code of the contract.
 */
import type { ErrorName } from '../../hal/contract/index.js';
import { errorCode, Refused } from './fault.js';
import type { Status } from './behaviour.js';
import type { LogLine, Machine, TopicMessage } from './machine.js';

/** What the bench does to an input: drives it low or high, or lets it float to its pull. */
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

/** Runs what a machine does at once as a step of a rig. */
async function step<T>(act: () => T): Promise<T> {
  await Promise.resolve();
  try {
    return act();
  } catch (error) {
    throw error instanceof Refused ? Object.assign(error, { row: errorCode(error.reason) }) : error;
  }
}

/** The test host as a rig. */
export function machineRig(machine: Machine): Rig {
  return {
    advance: (us) =>
      step(() => {
        machine.advance(us);
        return machine.nowUs;
      }),
    power: () =>
      step(() => {
        machine.power();
      }),
    ...machineWires(machine),
    ...machineApp(machine),
  };
}

type Wires = 'pinSet' | 'pinGet' | 'pwmGet' | 'adcSet' | `i2c${string}` | `spi${string}` | `uart${string}`;

/** What is wired to a machine. */
function machineWires(machine: Machine): Pick<Rig, Extract<keyof Rig, Wires>> {
  const { devices } = machine;
  return {
    pinSet: (pin, drive) =>
      step(() => {
        machine.pinSet(pin, drive);
      }),
    pinGet: (pin) => step(() => ({ level: devices.pins.level(pin), edges: devices.pins.edges(pin) })),
    pwmGet: (channel) =>
      step(() => {
        const { pulseUs, dutyPct, frequencyHz, writes } = machine.pwm(channel);
        return { pulse: pulseUs, duty: dutyPct, frequency: frequencyHz, writes };
      }),
    adcSet: (input, millivolts) =>
      step(() => {
        machine.adcSet(input, millivolts);
      }),
    i2cDevice: (bus, address, present) =>
      step(() => {
        machine.i2cDevice(bus, address, present);
      }),
    i2cSet: (bus, address, reg, data) =>
      step(() => {
        machine.i2cSet(bus, address, reg, data);
      }),
    i2cGet: (bus, address, reg, count) => step(() => devices.i2c.get(bus, address, reg, count)),
    i2cFault: (bus, address, error, count) =>
      step(() => {
        machine.i2cFault(bus, address, error, count);
      }),
    spiSet: (bus, select, reg, data) =>
      step(() => {
        devices.spi.set(bus, select, reg, data);
      }),
    spiGet: (bus, select, reg, count) => step(() => devices.spi.get(bus, select, reg, count)),
    uartSend: (port, data) =>
      step(() => {
        machine.uartSend(port, data);
      }),
    uartTake: (port) => step(() => devices.serial.take(port)),
  };
}

/** The app of a machine, as an operator sees it. */
function machineApp(machine: Machine): Omit<Rig, 'advance' | 'power' | Extract<keyof Rig, Wires>> {
  return {
    install: (modules) =>
      step(() => {
        machine.install(modules);
      }),
    start: (behaviour) =>
      step(() => {
        machine.start(behaviour);
      }),
    stop: (behaviour) =>
      step(() => {
        machine.stop(behaviour);
      }),
    paramGet: (behaviour, name) => step(() => machine.paramGet(behaviour, name)),
    paramSet: (behaviour, name, value) =>
      step(() => {
        machine.paramSet(behaviour, name, value);
      }),
    publish: (topic, values) =>
      step(() => {
        machine.publish(topic, values);
      }),
    status: (behaviour) =>
      step(() => {
        const { lastFault, faults } = machine.stats(behaviour);
        return { status: machine.status(behaviour), fault: lastFault, faults };
      }),
    stats: (behaviour) => step(() => machine.stats(behaviour)),
    messages: () => step(() => machine.messages),
    logs: () => step(() => machine.logs),
  };
}
