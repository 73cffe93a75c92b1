/**
 * Endless reactions on an RTOS: the worker's task is deleted and created again, and nothing else notices. Meanwhile the
 * board is at a broker with TLS, from where a signed command sets off each of them and is answered, it answers its
 * link, and a neighbour toggles at 100 Hz.
 */
import { expect, it } from 'vitest';
import virtual from '../../boards/qemu-m7.json' with { type: 'json' };
import { beats, missing } from '../acceptance/beats.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { neighbour, spinner } from '../acceptance/modules.js';
import { EmulatedStage, lacking } from '../fleet/emulated-stage.js';
import { toHex } from '../../ota/host/ids.js';
import { until, wires } from './board.js';

const COUNT = runs({ full: 1000, short: 8 });
const TIMEOUT_MS = 3_600_000;

it.skipIf(lacking).each(['plain', 'i2c'] as const)(
  'an endless reaction on the emulated Cortex-M7, %s, is gone after its budget, every time, and leaves nothing behind',
  { timeout: TIMEOUT_MS },
  async (way) => {
    const led2 = wires['led2'] ?? '';
    const stage = await EmulatedStage.open({ dev: [neighbour(led2), spinner(way)] });
    const {
      operator,
      board: { rig },
    } = stage;
    try {
      await until(
        () => rig.link.request('identity', {}),
        ({ online }) => online,
      );
      const birth = await operator.birth();
      await operator.ready(birth); // whatever the board said before is here by now
      const heard = operator.received.length;
      const sessions = (): number =>
        operator
          .documents('birth', operator.received.slice(heard))
          .filter(({ nonce }) => toHex(nonce) !== toHex(birth.nonce)).length;
      const { pool } = await rig.link.request('board', {});
      const from = await beats(rig, led2);
      for (let run = 0; run < COUNT; run++) {
        expect(await operator.order(birth, 'publish', { topic: 'go', fields: [run] })).toBe(0);
        while ((await rig.stats('spinner')).reactions < 2 * run + 2);
        expect(await operator.order(birth, 'start', { behaviour: 'spinner' })).toBe(0); // it was parked
        while ((await rig.stats('spinner')).reactions < 2 * run + 3);
        expect((await rig.link.request('board', {})).pool, `pool after run ${run}`).toBe(pool);
        const { online } = await rig.link.request('identity', {});
        expect({ online, sessions: sessions() }, `session with the broker after run ${run}`).toEqual({
          online: true,
          sessions: 0,
        });
      }
      await expect
        .poll(async () => missing(from, await beats(rig, led2)), {
          message: 'ticks of the neighbour that are missing',
        })
        .toBeLessThanOrEqual(1);
      const to = await beats(rig, led2);
      const { longest } = await rig.link.request('stats', { behaviour: 'neighbour' });
      const gone = operator.documents('presence', operator.received.slice(heard)).length;
      report(`${COUNT} endless reactions on the Cortex-M7, ${way}`, {
        beats: to.edges - from.edges,
        'of them missing, at most': missing(from, to),
        skipped: to.skipped - from.skipped,
        'longest of the neighbour us': longest,
        'free of the pool, before and after': pool,
        'connections lost': gone,
      });
      expect((await rig.link.request('board', {})).abandoned).toBe(COUNT);
      expect(longest).toBeLessThan(virtual.budgets.reactionUs);
      expect(gone).toBe(0);
    } finally {
      await stage.close();
    }
  },
);
