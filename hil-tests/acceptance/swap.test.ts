/**
 * A running behaviour at 100 Hz is swapped again and again, on real time, between a version and one with variables
 * inserted before the kept ones: what it counts and what is sent to it agree in the end, and in a long run the gap is
 * short.
 */
import { expect, it } from 'vitest';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { LONG, quantile, report, runs } from '../../sdk/testing/figures.js';
import { BEAT_US, receiver, sender } from './modules.js';

const TIMEOUT_MS = 300_000;
const SWAPS = runs({ full: 1000, short: 60 });
/** The swaps go on until the sender has had more reactions than this. */
const EVENTS = 20;

it('swaps without losing an event or a value', { timeout: TIMEOUT_MS }, async () => {
  const rig = await BoardRig.open(loadDescription('virtual'), { realTime: true, store: false });
  try {
    await rig.install([sender(), receiver(1)]);
    const gaps: number[] = [];
    for (let swap = 0; swap < SWAPS || (await rig.stats('sender')).reactions <= EVENTS; swap++)
      gaps.push(await rig.installApp([sender(), receiver(swap % 2 === 0 ? 2 : 1)]));
    await rig.stop('sender');
    let sent = 0,
      received = 0,
      wrong = 0,
      ticks = 0;
    await expect
      .poll(
        async () => {
          const messages = await rig.messages();
          sent = messages.filter(({ topic }) => topic === 'count').length;
          [received = 0, wrong = 0, ticks = 0] = messages.filter(({ topic }) => topic === 'seen').at(-1)?.fields ?? [];
          return sent - received;
        },
        { message: 'messages that the receiver never saw' },
      )
      .toBe(0);
    report(`${gaps.length} swaps`, {
      sent,
      received,
      wrong,
      ticks,
      'gap median ms': quantile(gaps, 0.5) / 1000,
      'gap 99 % ms': quantile(gaps, 0.99) / 1000,
      'longest ms': Math.max(...gaps) / 1000,
    });
    expect(wrong).toBe(0);
    // Who was kept from running for longer than a queue holds has skipped ticks.
    expect(Math.abs(ticks - sent)).toBeLessThanOrEqual(1 + (await rig.stats('sender')).overruns);
    if (SWAPS >= LONG) {
      expect(quantile(gaps, 0.5)).toBeLessThanOrEqual(500);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(BEAT_US);
    }
    expect(rig.link.missed).toBe(0);
  } finally {
    await rig.close();
  }
});
