/**
 * Helpers of the suites. A suite names what it needs and gets a fresh board for each test, on every bench that is
 * chosen: `TARS_BENCH=virtual`, several with commas. `host` is the test host of the SDK under the same interface: a
 * suite that passes there and fails on a board has found a difference.
 */
import { describe, expect, test as base } from 'vitest';
import virtual from '../boards/virtual.json' with { type: 'json' };
import { Machine as TestHost, machineRig, type Rig } from '../sdk/model/index.js';
import { hasEmulator } from '../cli/virtual/emulator.js';
import { Bench, type BenchOptions } from './bench.js';
import { type BenchDescription, type Feature, loadDescription } from './description.js';

/** A board with an app, and what it is wired to by role: `machine.wire('led')`. */
export interface HilMachine extends Rig {
  wire(role: string): string;
}

/** Makes a machine that runs these modules. */
export type MachineFactory = (modules: readonly Uint8Array[], options?: BenchOptions) => Promise<HilMachine>;

/** A test of a suite; `wire` gives the names for the program's source. */
export type HilTest = (tools: {
  readonly machine: MachineFactory;
  readonly wire: (role: string) => string;
}) => Promise<void>;

/** Declares one test. */
export type Declare = (name: string, run: HilTest) => void;

const chosen = (process.env['TARS_BENCH'] ?? 'host,virtual,qemu-m7').split(',').map(loadDescription);

/** A suite on every chosen bench; where something is missing it is skipped, and its name says what. */
export function suite(name: string, needs: readonly Feature[], body: (hil: Declare) => void): void {
  for (const description of chosen) {
    const missing: string[] = needs.filter((feature) => !description.has.includes(feature));
    if (description.start && 'emulator' in description.start && !hasEmulator())
      missing.push('an emulator, see npm run setup');
    const title =
      missing.length > 0
        ? `${name} on ${description.name}: needs ${missing.join(', ')}`
        : `${name} on ${description.name}`;
    describe.skipIf(missing.length > 0)(title, () => {
      body((test, run) => {
        declare(description, test, run);
      });
    });
  }
}

function declare(description: BenchDescription, name: string, run: HilTest): void {
  base(name, async () => {
    const open: (() => Promise<void>)[] = [];
    const wire = (role: string): string => wireOf(description, role);
    const machine: MachineFactory = async (modules, options = {}) => {
      const { rig, close } = await openRig(description, options);
      open.push(close);
      await rig.install(modules);
      return Object.assign(rig, { wire });
    };
    try {
      await run({ machine, wire });
    } finally {
      for (const close of open) await close();
    }
  });
}

async function openRig(
  description: BenchDescription,
  options: BenchOptions,
): Promise<{ rig: Rig; close: () => Promise<void> }> {
  if (description.start === undefined)
    return { rig: machineRig(new TestHost(virtual)), close: () => Promise.resolve() };
  const bench = await Bench.open(description, options);
  return { rig: bench, close: () => bench.close() };
}

function wireOf({ name, wires }: BenchDescription, role: string): string {
  const wire = wires[role];
  if (wire === undefined) throw new Error(`bench ${name} has no wire ${role}`);
  return wire;
}

/** Milliseconds as microseconds. */
export const ms = (milliseconds: number): number => milliseconds * 1000;

/** Lets time pass. */
export async function advance(machine: Rig, us: number): Promise<void> {
  await machine.advance(us);
}

/** Expects the electrical level of the pin with this role. */
export async function expectPin(machine: HilMachine, role: string, level: 0 | 1): Promise<void> {
  expect(await machine.pinGet(machine.wire(role)), role).toMatchObject({ level });
}

/** Expects the pulse of the PWM channel with this role, in microseconds. */
export async function expectPulse(machine: HilMachine, role: string, pulse: number): Promise<void> {
  expect(await machine.pwmGet(machine.wire(role)), role).toMatchObject({ pulse });
}

/** Expects that the fields of the messages of a topic so far are these. */
export async function expectMessages(
  machine: Rig,
  topic: string,
  fields: readonly (readonly number[])[],
): Promise<void> {
  const messages = await machine.messages();
  expect(messages.filter((message) => message.topic === topic).map((message) => message.fields)).toEqual(fields);
}
