/** Programs whose traces are compared: the examples, the hand-written floors and random ones. */
import { readFileSync } from 'node:fs';
import { Choices } from '../../sdk/interpreter/choices.js';
import { generateProgram } from '../../sdk/interpreter/generate.js';
import { besides } from '../../sdk/interpreter/generate-handles.js';
import { manifestBytes, withManifest } from '../../sdk/image/index.js';
import { Random } from '../../sdk/model/index.js';
import { assemble } from '../../sdk/model/testing/handmade.js';
import { projectRoot } from '../description.js';
import { type ProgramOptions, tars } from '../program.js';

/** What a program is compiled for: the bus on which the rig simulates devices. */
export interface Wires {
  readonly i2c: string;
}

/** Apps of one behaviour each that have a floor. */
export const single = ['blink', 'servo', 'kalman'] as const;

const example = (path: string, { i2c }: Wires, options: ProgramOptions = {}): Uint8Array =>
  tars(readFileSync(`${projectRoot}examples/${path}`, 'utf8').replace('board.I2C1', `board.${i2c}`), options);

/** The module of an example and the floor that takes its place: the same manifest, code written by hand. */
export function withFloor(name: (typeof single)[number], wires: Wires): { module: Uint8Array; floor: Uint8Array } {
  const module = example(`${name}/${name}.tars`, wires);
  const floor = assemble(readFileSync(`${projectRoot}sdk/model/testing/floors/${name}.wat`, 'utf8'));
  return { module, floor: withManifest(floor, manifestBytes(module) ?? new Uint8Array()) };
}

/** The other examples. */
export const others = (wires: Wires): readonly { name: string; modules: readonly Uint8Array[]; seed: number }[] => [
  { name: 'line-follower', modules: [example('line-follower/follower.tars', wires)], seed: 1 },
  { name: 'ranger', modules: [example('ranger/ranger.tars', wires)], seed: 3 },
  {
    name: 'topic',
    modules: [example('topic/thermometer.tars', wires, { priority: 1 }), example('topic/fan.tars', wires)],
    seed: 2,
  },
];

/** A program of its own for each state of `random`; `most` choices at most. */
function programOf(random: Random, most: number): string {
  const tape = Array.from({ length: random.between(50, most) }, () => random.between(0, 0xffff));
  return generateProgram(new Choices(tape));
}

/** An app of random programs, with the sources for whoever has to look into a difference. */
export interface RandomApp {
  readonly modules: readonly Uint8Array[];
  readonly source: string;
}

/** One random program. */
export function randomProgram(seed: number, { i2c }: Wires, most = 900): RandomApp {
  const source = programOf(new Random(seed), most).replaceAll('board.I2C1', `board.${i2c}`);
  return { modules: [tars(source)], source };
}

/** Two random programs that talk to each other. */
export function randomPair(seed: number, { i2c }: Wires, most = 900): RandomApp {
  const random = new Random(seed);
  const sources = [programOf(random, most), besides(programOf(random, most))].map((source) =>
    source.replaceAll('board.I2C1', `board.${i2c}`),
  );
  return {
    modules: sources.map((source) => tars(source, { priority: random.between(0, 1) })),
    source: sources.join('\n'),
  };
}
