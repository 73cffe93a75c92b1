/**
 * Examples, floors and random programs on a Cortex-M7 in the emulator: reactions, host calls, arguments and results are
 * those of the model, byte for byte. All of them run on one board, one after the other, with what the app before left
 * behind. The image is the board's with a trace (firmware/test/trace).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report, runs } from '../../sdk/testing/figures.js';
import { lacking } from '../emulator/board.js';
import { tars } from '../program.js';
import { countReactions, firstDifference, TracedBoard } from './compare.js';
import { others, randomPair, randomProgram, single, withFloor } from './programs.js';

const EVENTS = runs({ full: 10_000, short: 80 });
const PROGRAMS = runs({ full: 300, short: 3 });
const STIMULI = 60;
/** Choices of a random program: with more it may not fit the board's arenas. */
const MOST = 400;
/** I2C1 is the emulator's own controller, to which the bench can attach nothing. */
const wires = { i2c: 'I2C2' };

/** What the processor has no instruction for is called by a calling standard of its own (`__aeabi_l2f`). */
const CONVERSIONS = `behaviour conversions
  use button: gpio.in = board.BUTTON(pull: up, active: low)
  var x: i64 = 583
  every 5ms {
    log "{} {} {} {}", f32(x), f32(x >> 20), f32(x >> 40), f32(u32(x))
    log "{} {} {}", i32(i64(f32(x)) >> 32), i32(i64(f32(x >> 3))), u32(f32(x >> 32))
    log "{} {} {} {}", i32(x / 1000), i32(x % 977), i32((x / 65537) >> 7), i32(x % 6700417000000)
    x = x * 1103515245 + 12345
  }
  on button.edge { x = x ^ (x >> 17) }`;

describe.skipIf(lacking)('traces of the emulated Cortex-M7 and of the model', { timeout: 3_600_000 }, () => {
  let board: TracedBoard;
  let [apps, reactions, lines] = [0, 0, 0];
  beforeAll(async () => {
    board = await TracedBoard.open('qemu-m7');
  });
  afterAll(async () => {
    report('traces of the Cortex-M7 equal to those of the model', { apps, reactions, lines });
    await board?.close();
  });

  /** Nothing differs, and enough happened to see it. */
  async function expectEqual(modules: readonly Uint8Array[], seed: number, count: number, what: string): Promise<void> {
    const both = await board.compare(modules, seed, count);
    expect(firstDifference(both), what).toBeUndefined();
    expect(countReactions(both.model)).toBeGreaterThan(0);
    apps++;
    reactions += countReactions(both.model);
    lines += both.model.split('\n').length - 1;
  }

  it.each(single)('%s and its floor', async (name) => {
    const { module, floor } = withFloor(name, wires);
    await expectEqual([module], 1, EVENTS, name);
    await expectEqual([floor], 1, EVENTS, `the floor of ${name}`);
  });

  it.each(others(wires))('$name', async ({ name, modules, seed }) => {
    await expectEqual(modules, seed, EVENTS, name);
  });

  it.each([
    { what: 'random programs', first: 1, app: randomProgram },
    { what: 'pairs of random programs that talk to each other', first: 1001, app: randomPair },
  ])(`${PROGRAMS} $what`, async ({ first, app }) => {
    for (let seed = first; seed < first + PROGRAMS; seed++) {
      const { modules, source } = app(seed, wires, MOST);
      await expectEqual(modules, seed, STIMULI, `seed ${seed}\n${source}`);
    }
  });

  it('conversions between integers and floats of every size', async () => {
    await expectEqual([tars(CONVERSIONS)], 1, EVENTS, 'conversions');
  });
});
