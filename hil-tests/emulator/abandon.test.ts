/** Endless reactions on an RTOS: the worker's task is deleted and created again, and nothing else notices. */
import { describe, expect, it } from 'vitest';
import virtual from '../../boards/qemu-m7.json' with { type: 'json' };
import { report, runs } from '../acceptance/figures.js';
import { BEAT_US, neighbour, spinner } from '../acceptance/modules.js';
import { lacking, openBoard, wires } from './board.js';

const COUNT = runs({ full: 1000, short: 60 });

describe.skipIf(lacking)('an endless reaction on the emulated Cortex-M7', { timeout: 600_000 }, () => {
  it.each(['plain', 'i2c'] as const)('%s: is gone after its budget, every time, and leaves nothing behind', async (way) => {
    const { bench, close } = await openBoard();
    const led2 = wires['led2'] ?? '';
    const beat = async (): Promise<{ edges: number; us: number }> => ({ us: (await bench.link.request('board', {})).time, edges: (await bench.pinGet(led2)).edges });
    try {
      await bench.install([neighbour(led2), spinner(way)]);
      const { pool } = await bench.link.request('board', {});
      const from = await beat();
      for (let run = 0; run < COUNT; run++) {
        await bench.publish('go', [run]);
        while ((await bench.stats('spinner')).reactions < 2 * run + 3);
        expect((await bench.link.request('board', {})).pool, `pool after run ${run}`).toBe(pool);
      }
      const to = await beat();
      const { longest } = await bench.link.request('stats', { behaviour: 'neighbour' });
      report(`${COUNT} endless reactions on the Cortex-M7, ${way}`, { 'beats': to.edges - from.edges, expected: (to.us - from.us) / BEAT_US, 'longest of the neighbour us': longest });
      expect((await bench.link.request('board', {})).abandoned).toBe(COUNT);
      expect(longest).toBeLessThan(virtual.budgets.reactionUs);
      // The board's time is read before the pin: the emulator runs on between the two.
      expect(to.edges - from.edges).toBeGreaterThanOrEqual(Math.floor((to.us - from.us) / BEAT_US) - 2);
    } finally {
      await close();
    }
  });
});
