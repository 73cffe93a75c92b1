/**
 * A module that never ends its reaction costs its budget and no more, every time, and leaves nothing behind: plain, and
 * around the slowest host call. On real time, with parking off. The processor time is the worker thread's own, as the
 * operating system counts it, so it includes what the neighbour used meanwhile. A virtual machine charges stolen time to
 * whoever runs: a loop beside each run that ends itself at the same budget shows how often that happens here, and only so
 * often it is forgiven.
 */
import { expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { Bench } from '../bench.js';
import { loadDescription } from '../description.js';
import { quantile, report, runs } from './figures.js';
import { BEAT_US, neighbour, spinner } from './modules.js';
import { busiestThread, controlTimeMs, residentKiB, threadTimeMs, threadTimesMs } from './proc.js';

const BUDGET_MS = virtual.budgets.reactionUs / 1000;
const COUNT = runs({ full: 1000, short: 150 });
const TIMEOUT_MS = 300_000;
/** Resident memory is compared with that after this run. */
const SETTLED = 100;
const wires = loadDescription('virtual').wires;

/** Sends the spinner off and waits until it has begun anew: run n is its reaction 2n + 2, after its start and n restarts. */
async function spinOnce(bench: Bench, run: number): Promise<void> {
  await bench.publish('go', [run]);
  while ((await bench.stats('spinner')).reactions < 2 * run + 3);
}

it.each([['plain', 0.5], ['i2c', 1.5]] as const)('an endless reaction, %s, costs its budget and at most %d ms more', { timeout: TIMEOUT_MS }, async (way, marginMs) => {
  const bench = await Bench.open(loadDescription('virtual'), { realTime: true, store: false });
  try {
    await bench.i2cDevice('I2C1', 72, true);
    await bench.install([neighbour(wires['led2'] ?? ''), spinner(way)]);
    const { pid } = bench.process;
    const before = threadTimesMs(pid);
    await spinOnce(bench, 0);
    const worker = busiestThread(before, threadTimesMs(pid));
    const started = await beat(bench);
    const times: number[] = [];
    const controls: number[] = [];
    let resident = 0;
    for (let run = 1; run <= COUNT; run++) {
      const { pool } = await bench.link.request('board', {});
      const timeBefore = threadTimeMs(pid, worker);
      await spinOnce(bench, run);
      times.push(threadTimeMs(pid, worker) - timeBefore);
      controls.push(controlTimeMs(BUDGET_MS));
      expect((await bench.link.request('board', {})).pool, `pool after run ${run}`).toBe(pool);
      if (run === SETTLED) resident = residentKiB(pid);
      if (run > SETTLED) expect(Math.abs(residentKiB(pid) - resident), `KiB resident after run ${run}`).toBeLessThanOrEqual(64);
    }
    const ended = await beat(bench);
    const { abandoned } = await bench.link.request('board', {});
    const late = times.filter((time) => time > BUDGET_MS + marginMs).length;
    const disturbed = controls.filter((time) => time > BUDGET_MS + marginMs).length;
    report(`${COUNT} endless reactions, ${way}`, {
      'median ms': quantile(times, 0.5), '99.9 % ms': quantile(times, 0.999), 'longest ms': Math.max(...times), late, 'control late': disturbed, abandoned, 'neighbour ticks': ended.edges - started.edges,
    });
    expect(abandoned).toBe(COUNT + 1);
    expect(late).toBeLessThanOrEqual(Math.ceil(COUNT / 1000) + disturbed);
    expect(Math.abs(ended.edges - started.edges - (ended.timeUs - started.timeUs) / BEAT_US)).toBeLessThanOrEqual(1.5);
  } finally {
    await bench.close();
  }
});

/** Ticks of the neighbour so far, and the board's time. */
async function beat(bench: Bench): Promise<{ edges: number; timeUs: number }> {
  const { time } = await bench.link.request('board', {});
  return { edges: (await bench.pinGet(wires['led2'] ?? '')).edges, timeUs: time };
}
