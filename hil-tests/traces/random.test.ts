/**
 * Random programs: the firmware's trace is that of the module in Node, which is that of the interpreter
 * (sdk/interpreter).
 */
import { expect, it } from 'vitest';
import { runs } from '../../sdk/testing/figures.js';
import { compareTraces, firstDifference } from './compare.js';
import { randomPair, randomProgram } from './programs.js';

const PROGRAMS = runs({ full: 300, short: 8 });
const STIMULI = 150;
const wires = { i2c: 'I2C1' };

it.each([
  { what: 'random programs', first: 1, app: randomProgram },
  { what: 'pairs of random programs that talk to each other', first: 1001, app: randomPair },
])(`${PROGRAMS} $what have the same trace on the firmware`, { timeout: 3_600_000 }, async ({ first, app }) => {
  for (let seed = first; seed < first + PROGRAMS; seed++) {
    const { modules, source } = app(seed, wires);
    expect(firstDifference(await compareTraces(modules, seed, STIMULI)), `seed ${seed}\n${source}`).toBeUndefined();
  }
});
