/**
 * A running behaviour at 100 Hz is swapped again and again, on real time, between a version and one with variables inserted
 * before the kept ones: what it counts and what is sent to it agree in the end, and the gap is short.
 */
import { expect, it } from 'vitest';
import { Bench } from '../bench.js';
import { loadDescription } from '../description.js';
import { quantile, report, runs } from './figures.js';
import { BEAT_US, receiver, sender } from './modules.js';

const TIMEOUT_MS = 300_000;
const SWAPS = runs({ full: 1000, short: 60 });

it('swaps without losing an event or a value', { timeout: TIMEOUT_MS }, async () => {
  const bench = await Bench.open(loadDescription('virtual'), { realTime: true, store: false });
  try {
    await bench.install([sender(), receiver(1)]);
    const gaps: number[] = [];
    for (let swap = 0; swap < SWAPS; swap++) gaps.push(await bench.installApp([sender(), receiver(swap % 2 === 0 ? 2 : 1)]));
    await bench.stop('sender');
    await new Promise((resolve) => setTimeout(resolve, 2 * BEAT_US / 1000));
    const messages = await bench.messages();
    const sent = messages.filter(({ topic }) => topic === 'count').length;
    const [received = 0, wrong = 0, ticks = 0] = messages.filter(({ topic }) => topic === 'seen').at(-1)?.fields ?? [];
    report(`${SWAPS} swaps`, {
      sent, received, wrong, ticks, 'gap median ms': quantile(gaps, 0.5) / 1000, 'gap 99 % ms': quantile(gaps, 0.99) / 1000, 'longest ms': Math.max(...gaps) / 1000,
    });
    expect({ received, wrong }).toEqual({ received: sent, wrong: 0 });
    expect(sent).toBeGreaterThan(10);
    expect(Math.abs(ticks - sent)).toBeLessThanOrEqual(1);
    expect(quantile(gaps, 0.5)).toBeLessThanOrEqual(500);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(BEAT_US);
    expect(bench.link.missed).toBe(0);
  } finally {
    await bench.close();
  }
});
