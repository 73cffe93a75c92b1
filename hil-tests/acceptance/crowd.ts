/**
 * Many periods and timers beside a neighbour at 100 Hz: what the board does for each of them must not grow with their
 * number, or the neighbour's ticks find no time.
 */
import { expect } from 'vitest';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { report } from '../../sdk/testing/figures.js';
import type { BoardRig } from '../board-rig.js';
import { beats, missing } from './beats.js';
import { BEAT_US, neighbour } from './modules.js';

const BEHAVIOURS = 5;
/** Of each behaviour: so many periods, each of which sets a timer of its own when it comes. */
const PERIODS = 16;
const PERIOD_US = 100_000;
const WATCHED_US = 1_000_000;

const crowd = (index: number): Uint8Array =>
  handmade(
    `(module
    (import "t" "6" (func $after (param i32 i64)))
    (func (export "r") (param i32 i32)
      (br_if 0 (i32.eqz (local.get 0)))
      (br_if 0 (i32.gt_u (local.get 0) (i32.const ${PERIODS})))
      (call $after (i32.sub (local.get 0) (i32.const 1)) (i64.const ${PERIOD_US / 2}))))`,
    {
      name: `crowd${index}`,
      calls: [6],
      sources: Array.from({ length: PERIODS }, () => [0, PERIOD_US]),
      timers: PERIODS,
    },
  );

/** Runs all of it; `led` is the neighbour's pin. */
export async function crowded(rig: BoardRig, led: string): Promise<void> {
  await rig.install([neighbour(led), ...Array.from({ length: BEHAVIOURS }, (_, index) => crowd(index))]);
  const from = await beats(rig, led);
  let to = from;
  while (to.afterUs < from.beforeUs + WATCHED_US) to = await beats(rig, led);
  const reactions = await Promise.all(
    Array.from({ length: BEHAVIOURS }, async (_, index) => (await rig.stats(`crowd${index}`)).reactions),
  );
  const lost = Math.max(0, Math.floor(missing(from, to))) + to.skipped - from.skipped;
  report(`a neighbour at 100 Hz beside ${BEHAVIOURS} behaviours with ${2 * PERIODS} periods and timers each`, {
    beats: to.edges - from.edges,
    'beats lost': lost,
    'in percent': (100 * lost * BEAT_US) / (to.afterUs - from.beforeUs),
    'reactions of the others': reactions.reduce((sum, count) => sum + count, 0),
  });
  expect(lost).toBeLessThanOrEqual(1);
  // All of them have run: nothing else would be beside the neighbour.
  const each = (2 * PERIODS * WATCHED_US) / PERIOD_US;
  for (const count of reactions) expect(count).toBeGreaterThan(0.9 * each - 2 * PERIODS);
}
