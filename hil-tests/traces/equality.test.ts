/**
 * The trace of every example and of every hand-written floor: from the module in Node's WebAssembly and from the
 * firmware, byte for byte, over seeded events.
 */
import { describe, expect, it } from 'vitest';
import { report, runs } from '../../sdk/testing/figures.js';
import { compareTraces, countReactions, firstDifference } from './compare.js';
import { others, single, withFloor } from './programs.js';

const EVENTS = runs({ full: 10_000, short: 1000 });
const wires = { i2c: 'I2C1' };

/** Plays the events, looks for the first difference, and that enough happened to find one. */
async function expectEqual(name: string, modules: readonly Uint8Array[], seed: number): Promise<string> {
  const both = await compareTraces(modules, seed, EVENTS);
  expect(firstDifference(both)).toBeUndefined();
  report(`trace of ${name}`, {
    stimuli: both.stimuli.length,
    reactions: countReactions(both.model),
    lines: both.model.split('\n').length - 1,
  });
  expect(countReactions(both.model)).toBeGreaterThan(EVENTS / 5);
  return both.model;
}

describe('examples on the firmware and in the model', { timeout: 600_000 }, () => {
  it.each(single)('%s, and the same host calls as the hand-written floor with its manifest', async (name) => {
    const { module, floor } = withFloor(name, wires);
    const compiled = await expectEqual(name, [module], 1);
    expect(await expectEqual(`the floor of ${name}`, [floor], 1)).toBe(compiled);
  });

  it.each(others(wires))('$name', async ({ name, modules, seed }) => {
    await expectEqual(name, modules, seed);
  });
});
