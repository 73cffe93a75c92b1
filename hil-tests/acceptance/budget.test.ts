/**
 * A module that never ends its reaction costs its budget and no more, every time, and leaves nothing behind: plain, and
 * around the slowest host call. On real time. The processor time is the worker thread's own, as the
 * operating system counts it, so it includes what the neighbour used meanwhile.
 *
 * A virtual machine charges time that was taken away from its processor to whoever ran, and a loop that does nothing
 * but look at its clock overshoots as often. So a witness watches the worker on its processor (stolen.c): a run is late
 * if it is late without the time that was stolen from the worker during that very run. Late runs with and without are
 * printed.
 */
import { expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { beats, missing, surplus } from './beats.js';
import { LONG, quantile, report, runs } from '../../sdk/testing/figures.js';
import { BEATS_LATE, neighbour, spinner } from './modules.js';
import { busiestThread, residentKiB, threadTimeMs, threadTimesMs } from './proc.js';
import { type Span, TheftWitness } from './stolen.js';

const BUDGET_MS = virtual.budgets.reactionUs / 1000;
const COUNT = runs({ full: 1000, short: 150 });
const TIMEOUT_MS = 300_000;
/** Resident memory is compared with that after this run. */
const SETTLED = 100;
/** The processor that worker and witness share. */
const PROCESSOR = 1;
const { led2 = '' } = loadDescription('virtual').wires;

/**
 * Sends the spinner off, which parks it, and starts it again: run n is its reaction 2n + 2, after n + 1 starts.
 */
async function spinOnce(rig: BoardRig, run: number): Promise<void> {
  await rig.publish('go', [run]);
  while ((await rig.stats('spinner')).reactions < 2 * run + 2);
  await rig.start('spinner');
  while ((await rig.stats('spinner')).reactions < 2 * run + 3);
}

/** One run of the spinner. */
interface Run extends Span {
  readonly timeMs: number;
}

it.each([
  ['plain', 0.5],
  ['i2c', 1.5],
] as const)(
  'an endless reaction, %s, costs its budget and at most %d ms more',
  { timeout: TIMEOUT_MS },
  async (way, marginMs) => {
    const rig = await BoardRig.open(loadDescription('virtual'), { realTime: true, store: false });
    let witness: TheftWitness | undefined;
    try {
      await rig.i2cDevice('I2C1', 72, true);
      await rig.install([neighbour(led2), spinner(way)]);
      const { pid } = rig.process;
      const before = threadTimesMs(pid);
      await spinOnce(rig, 0);
      const worker = busiestThread(before, threadTimesMs(pid));
      witness = await TheftWitness.watch(pid, worker, PROCESSOR);
      const started = await beats(rig, led2);
      const done: Run[] = [];
      let resident = 0;
      for (let run = 1; run <= COUNT; run++) {
        const { pool } = await rig.link.request('board', {});
        const timeBefore = threadTimeMs(pid, worker);
        const fromNs = process.hrtime.bigint();
        await spinOnce(rig, run);
        done.push({ timeMs: threadTimeMs(pid, worker) - timeBefore, fromNs, toNs: process.hrtime.bigint() });
        expect((await rig.link.request('board', {})).pool, `pool after run ${run}`).toBe(pool);
        if (run === SETTLED) resident = residentKiB(pid);
        if (run > SETTLED)
          expect(Math.abs(residentKiB(pid) - resident), `KiB resident after run ${run}`).toBeLessThanOrEqual(64);
      }
      await expect
        .poll(async () => missing(started, await beats(rig, led2)), {
          message: 'ticks of the neighbour that are missing',
        })
        .toBeLessThanOrEqual(1);
      const ended = await beats(rig, led2);
      expect(surplus(started, ended)).toBeLessThanOrEqual(1 + BEATS_LATE);
      if (COUNT >= LONG) expect(ended.skipped).toBe(started.skipped);
      const { abandoned } = await rig.link.request('board', {});
      judge(way, done, marginMs, witness);
      expect(abandoned).toBe(COUNT + 1);
    } finally {
      witness?.close();
      await rig.close();
    }
  },
);

/** Prints the figures; 999 of 1,000 runs must keep the limit. A short run shows only that the clock works at all. */
function judge(way: string, done: readonly Run[], marginMs: number, witness: TheftWitness | undefined): void {
  const times = done.map(({ timeMs }) => timeMs);
  const late = done.filter(({ timeMs }) => timeMs > BUDGET_MS + marginMs);
  const explained = late.filter((run) => run.timeMs - (witness?.stolenMs(run) ?? 0) <= BUDGET_MS + marginMs);
  report(`${done.length} endless reactions, ${way}`, {
    'median ms': quantile(times, 0.5),
    '99.9 % ms': quantile(times, 0.999),
    'longest ms': Math.max(...times),
    late: late.length,
    'late by its own': late.length - explained.length,
    witness: witness === undefined ? 'none, no real-time priority' : 'yes',
  });
  expect(quantile(times, 0.5)).toBeLessThanOrEqual(BUDGET_MS + marginMs);
  if (done.length >= LONG) expect(late.length - explained.length).toBeLessThanOrEqual(done.length / 1000);
}
