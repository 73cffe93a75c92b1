/**
 * Helpers of the suites. A suite names what it needs and gets a fresh board for each test, on every rig that is
 * chosen: `TARS_RIG=virtual`, several with commas. `model` is the SDK's under the same interface: a
 * suite that passes there and fails on a board has found a difference.
 */
import { describe, expect, test as base } from 'vitest';
import { Model as Model, modelRig, type Rig } from '../sdk/model/index.js';
import { loadBoard } from '../cli/project/boards.js';
import { hasEmulator } from '../cli/virtual/emulator.js';
import { BoardRig, type RigOptions } from './board-rig.js';
import { type RigDescription, type Feature, loadDescription } from './description.js';
import { compileFor } from './program.js';

/** A board with an app, and what it is wired to by role: `rig.wire('led')`. */
export interface WiredRig extends Rig {
  wire(role: string): string;
}

/** Makes a rig that runs these modules. */
export type RigFactory = (modules: readonly Uint8Array[], options?: RigOptions) => Promise<WiredRig>;

/** A test of a suite; `wire` gives the names for the program's source. */
export type HilTest = (tools: { readonly rig: RigFactory; readonly wire: (role: string) => string }) => Promise<void>;

/** Declares one test. */
export type Declare = (name: string, run: HilTest) => void;

const chosen = (process.env['TARS_RIG'] ?? 'model,virtual,qemu-m7').split(',').map(loadDescription);

/** A suite on every chosen rig; where something is missing it is skipped, and its name says what. */
export function suite(
  name: string,
  needs: readonly Feature[],
  body: (hil: Declare) => void,
  rigs: readonly RigDescription[] = chosen,
): void {
  for (const description of rigs) {
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

function declare(description: RigDescription, name: string, run: HilTest): void {
  base(name, async () => {
    const open: (() => Promise<void>)[] = [];
    const wire = (role: string): string => wireOf(description, role);
    const rig: RigFactory = async (modules, options = {}) => {
      const { rig, close } = await openRig(description, options);
      open.push(close);
      await rig.install(modules);
      return Object.assign(rig, { wire });
    };
    compileFor(description.board);
    try {
      await run({ rig, wire });
    } finally {
      for (const close of open) await close();
    }
  });
}

async function openRig(
  description: RigDescription,
  options: RigOptions,
): Promise<{ rig: Rig; close: () => Promise<void> }> {
  if (description.start === undefined)
    return { rig: modelRig(new Model(loadBoard(description.board))), close: () => Promise.resolve() };
  const rig = await BoardRig.open(description, options);
  return { rig, close: () => rig.close() };
}

function wireOf({ name, wires }: RigDescription, role: string): string {
  const wire = wires[role];
  if (wire === undefined) throw new Error(`rig ${name} has no wire ${role}`);
  return wire;
}

/** Milliseconds as microseconds. */
export const ms = (milliseconds: number): number => milliseconds * 1000;

/** Lets time pass. */
export async function advance(rig: Rig, us: number): Promise<void> {
  await rig.advance(us);
}

/** Expects the electrical level of the pin with this role. */
export async function expectPin(rig: WiredRig, role: string, level: 0 | 1): Promise<void> {
  expect(await rig.pinGet(rig.wire(role)), role).toMatchObject({ level });
}

/** Expects the pulse of the PWM channel with this role, in microseconds. */
export async function expectPulse(rig: WiredRig, role: string, pulse: number): Promise<void> {
  expect(await rig.pwmGet(rig.wire(role)), role).toMatchObject({ pulse });
}

/** Expects that the fields of the messages of a topic so far are these. */
export async function expectMessages(rig: Rig, topic: string, fields: readonly (readonly number[])[]): Promise<void> {
  const messages = await rig.messages();
  expect(messages.filter((message) => message.topic === topic).map((message) => message.fields)).toEqual(fields);
}
