/**
 * Random programs: the firmware's trace is that of the module in Node, which is that of the interpreter
 * (sdk/interpreter).
 */
import { expect, it } from 'vitest';
import { Random } from '../../sdk/model/index.js';
import { Choices } from '../../sdk/interpreter/choices.js';
import { generateProgram } from '../../sdk/interpreter/generate.js';
import { besides } from '../../sdk/interpreter/generate-handles.js';
import { runs } from '../acceptance/figures.js';
import { tars } from '../program.js';
import { compareTraces, firstDifference } from './compare.js';

const PROGRAMS = runs({ full: 300, short: 8 });
const STIMULI = 150;

/** A program of its own for each seed. */
function programOf(random: Random): string {
  return generateProgram(new Choices(Array.from({ length: random.between(50, 900) }, () => random.between(0, 0xffff))));
}

it(`${PROGRAMS} random programs have the same trace on the firmware`, { timeout: 600_000 }, async () => {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const source = programOf(new Random(seed));
    const both = await compareTraces([tars(source)], seed, STIMULI);
    expect(firstDifference(both), `seed ${seed}\n${source}`).toBeUndefined();
  }
});

it(
  `${PROGRAMS} pairs of random programs that talk to each other have the same trace on the firmware`,
  { timeout: 600_000 },
  async () => {
    for (let seed = 1001; seed <= 1000 + PROGRAMS; seed++) {
      const random = new Random(seed);
      const [first, second] = [programOf(random), besides(programOf(random))];
      const both = await compareTraces(
        [tars(first, { priority: random.between(0, 1) }), tars(second, { priority: random.between(0, 1) })],
        seed,
        STIMULI,
      );
      expect(firstDifference(both), `seed ${seed}\n${first}\n${second}`).toBeUndefined();
    }
  },
);
