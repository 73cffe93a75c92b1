/**
 * A native block at 1 kHz, in an interrupt above the kernel, while behaviours spin, trap and are swapped: it is never late.
 * Late: the handler starts more than 10 us, 1,250 instructions of the emulator's 125 million a second, after it was due.
 */
import { describe, expect, it } from 'vitest';
import { handmade } from '../../sdk/host/testing/handmade.js';
import { report, runs } from '../acceptance/figures.js';
import { spinner } from '../acceptance/modules.js';
import { tars } from '../program.js';
import { addressOf, lacking, openBoard } from './board.js';

const SECONDS = runs({ full: 60, short: 10 });
const SWAP_US = 100_000;
const PERIOD_US = 1000;
/** The board's free-running counter of microseconds. */
const COUNTER_US = 0x40028018;

/** Traps, over and over. */
const trapper = handmade('(module (func (export "r") (param i32 i32) (if (local.get 0) (then (unreachable)))))', { name: 'trapper', sources: [[0, 20_000]], restart: [0, 0] });

const swapped = (version: number): Uint8Array => tars(`behaviour swapped
  use led: gpio.out = board.LED
  var version: i32 = ${version}
  every 10ms { led.toggle(); version += 0 }`);

describe.skipIf(lacking)('the native block on the emulated Cortex-M7', { timeout: 900_000 }, () => {
  it(`starts in time for ${SECONDS} simulated seconds while one behaviour spins, one traps and one is swapped`, async () => {
    const { bench, qmp, close } = await openBoard({ busy: true });
    const at = addressOf('tars_native_block');
    // The emulator stands still meanwhile, so that the figures are of one moment.
    const figures = async (): Promise<number[]> => {
      await qmp.execute('stop');
      const words = [await qmp.word(at), await qmp.word(COUNTER_US), await qmp.word(at + 4), await qmp.word(at + 8)];
      await qmp.execute('cont');
      return words;
    };
    try {
      const app = (version: number): Uint8Array[] => [spinner('plain'), trapper, swapped(version)];
      await bench.install(app(0));
      const [turns = 0, begunUs = 0] = await figures();
      const begun = (await bench.link.request('board', {})).time;
      let swaps = 0;
      for (let now = begun; now < begun + SECONDS * 1e6; now = (await bench.link.request('board', {})).time) {
        if (now >= begun + swaps * SWAP_US) await bench.install(app(++swaps));
        await bench.publish('go', [swaps]);
      }
      const { abandoned } = await bench.link.request('board', {});
      const { faults } = await bench.status('trapper');
      const [after = 0, endUs = 0, late, worst = 0] = await figures();
      report('native block at 1 kHz', { seconds: (endUs - begunUs) / 1e6, turns: after - turns, late: late ?? NaN, 'worst lateness, cycles at 25 MHz': worst, instructions: worst * 5, swaps, spins: abandoned, traps: faults });
      expect(late).toBe(0);
      expect(endUs - begunUs).toBeGreaterThanOrEqual(SECONDS * 1e6);
      expect(Math.abs(after - turns - (endUs - begunUs) / PERIOD_US), 'turns that are missing').toBeLessThanOrEqual(1);
      expect(swaps).toBeGreaterThan(SECONDS);
      expect(abandoned).toBeGreaterThan(SECONDS);
      expect(faults).toBeGreaterThan(SECONDS);
    } finally {
      await close();
    }
  });
});
