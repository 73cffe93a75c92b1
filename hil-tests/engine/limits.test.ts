/**
 * What boards are given at most of everything that an engine's loader walks over: host and boards say the same, and
 * what is at a limit is refused by none of them for its number.
 */
import { describe, expect, it } from 'vitest';
import { limits } from '../../hal/contract/index.js';
import { BoardError } from '../../cli/transport/client.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { sampled } from '../../sdk/testing/figures.js';
import { attacks, heap, heaps } from '../../sdk/model/testing/heaps.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';

describe.each(['virtual', 'qemu-m7'].filter((name) => name === 'virtual' || hasEmulator()))('%s', (name) => {
  it('refuses what the host refuses, with the same error', { timeout: 300_000 }, async () => {
    const rig = await BoardRig.open(loadDescription(name), { store: false, realTime: true });
    const verdict = async (module: Uint8Array): Promise<string> => {
      try {
        await rig.install([module]);
        return 'taken';
      } catch (error) {
        if (error instanceof BoardError) return error.code;
        throw error;
      }
    };
    try {
      // The emulator is slow, and its image has the same check.
      const some = <T>(all: readonly T[]): T[] =>
        sampled(all.length, name === 'virtual' ? 1 : 8).map((i) => all[i] as T);
      for (const [what, module, expected] of some(attacks)) expect(await verdict(module), what).toBe(expected);
      for (const limit of some(Object.keys(heaps) as (keyof typeof limits)[]))
        // It may be too much for the arena or the stack of this board.
        expect(await verdict(heap(limit, limits[limit].value)), limit).toMatch(/^(taken|nomem|stack)$/);
    } finally {
      await rig.close();
    }
  });
});
