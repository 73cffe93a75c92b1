/**
 * The trace of every example, of every hand-written floor and of random programs: from the module in Node's WebAssembly
 * and from the firmware, byte for byte, over 10,000 seeded events.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestBytes, withManifest } from '../../sdk/image/index.js';
import { assemble } from '../../sdk/model/testing/handmade.js';
import { report } from '../acceptance/figures.js';
import { projectRoot } from '../description.js';
import { example } from '../program.js';
import { compareTraces, countReactions, EVENTS, firstDifference } from './compare.js';

/** Plays the full number of events, looks for the first difference, and that enough happened to find one. */
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

const single = { blink: 'blink/blink.tars', servo: 'servo/servo.tars', kalman: 'kalman/kalman.tars' } as const;

describe('examples on the firmware and in the model', () => {
  it.each(['blink', 'servo', 'kalman'] as const)(
    '%s, and the same host calls as the hand-written floor with its manifest',
    async (name) => {
      const module = example(single[name]);
      const floor = withManifest(
        assemble(readFileSync(`${projectRoot}sdk/model/testing/floors/${name}.wat`, 'utf8')),
        manifestBytes(module) ?? new Uint8Array(),
      );
      const compiled = await expectEqual(name, [module], 1);
      expect(await expectEqual(`the floor of ${name}`, [floor], 1)).toBe(compiled);
    },
  );

  it('line-follower', async () => {
    await expectEqual('line-follower', [example('line-follower/follower.tars')], 1);
  });

  it('topic', async () => {
    await expectEqual('topic', [example('topic/thermometer.tars', { priority: 1 }), example('topic/fan.tars')], 2);
  });
});
