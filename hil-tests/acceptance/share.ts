/**
 * Priority is no right to starve: a behaviour that takes the processor, before everybody else, beside a neighbour at
 * 100 Hz. On real time, because on a virtual clock a reaction takes none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { BoardFile } from '../../boards/schema.js';
import { install } from '../../cli/device/install.js';
import { handmade, type RawManifest } from '../../sdk/model/testing/handmade.js';
import { report } from '../../sdk/testing/figures.js';
import type { BoardRig } from '../board-rig.js';
import { beats, missing } from './beats.js';
import { neighbour } from './modules.js';

/** What a reaction of the greedy behaviour takes, and how often it comes. */
const WORK_US = 500;
const PERIOD_US = 1000;
/** What it may take, permille. */
const LOAD = 200;
const TRIAL_MS = 4000;
const WATCHED_MS = 3000;
const PATIENCE_MS = 20_000;
/** Rounds of the loop in a reaction, where it is found out how long they take. */
const ROUNDS = 2000;
/** After that the board has counted a whole second. */
const SETTLED_MS = 2500;

/** What a board's file says. */
type Figures = Pick<BoardFile, 'floors'>;

const greedy = (rounds: number, manifest: RawManifest): Uint8Array =>
  handmade(
    `(module (func (export "r") (param i32 i32) (local i32)
      (br_if 0 (i32.eqz (local.get 0)))
      (loop $again
        (local.set 2 (i32.add (local.get 2) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get 2) (i32.const ${rounds}))))))`,
    { name: 'greedy', priority: 255, ...manifest },
  );

/** All that the board counts, which is more than the model does. */
const statsOf = (rig: BoardRig, behaviour: string) => rig.link.request('stats', { behaviour });

/** Rounds that take so long on this board: guessed low, because little work is charged with more than its own time. */
async function roundsOf(rig: BoardRig): Promise<number> {
  let rounds = ROUNDS;
  for (let look = 0; look < 2; look++) {
    await rig.install([greedy(rounds, { sources: [[0, PERIOD_US]] })]);
    await sleep(SETTLED_MS);
    const { used, reactions, overruns } = await statsOf(rig, 'greedy');
    const permilleRun = (1000 * reactions) / (reactions + overruns); // a busy computer skips periods
    rounds = Math.round((rounds * WORK_US * permilleRun) / (used * PERIOD_US));
  }
  return rounds;
}

/** The app in a trial, and the error that ends it. */
const trial = (rig: BoardRig, modules: readonly Uint8Array[]): Promise<unknown> =>
  install(
    { link: rig.link, hello: rig.hello },
    { class: rig.hello.class, modules },
    { store: false, trial: { healthMs: TRIAL_MS } },
  );

/** Runs all of it; `led` is the neighbour's pin. */
export async function shares(rig: BoardRig, led: string, { floors }: Figures): Promise<void> {
  const rounds = await roundsOf(rig);
  const beating = neighbour(led);
  const bounded = greedy(rounds, { sources: [[0, PERIOD_US]], load: LOAD });
  await rig.install([beating]);
  // Less than the floor is refused, whatever else the app is.
  await expect(rig.install([beating, greedy(1, { sources: [[0, 1]] })])).rejects.toMatchObject({ code: 'floor' });
  await expect(rig.install([beating, greedy(1, { restart: [0, 0] })])).rejects.toMatchObject({ code: 'floor' });
  // The shortest period and endless work: the neighbour, which ran before, would not even start again.
  const endless = greedy(rounds, { sources: [[0, floors.periodUs]] });
  await expect(trial(rig, [beating, endless])).rejects.toMatchObject({ code: 'late' });
  // A load that does not last: the trial ends, and says who it was.
  await expect(trial(rig, [beating, bounded])).rejects.toMatchObject({ code: 'load' });
  await rig.install([beating, bounded]);
  const from = await beats(rig, led);
  await sleep(WATCHED_MS);
  await expect
    .poll(async () => (await statsOf(rig, 'greedy')).throttled, { timeout: PATIENCE_MS })
    .toBeGreaterThanOrEqual(2);
  await expect.poll(async () => missing(from, await beats(rig, led)), { timeout: PATIENCE_MS }).toBeLessThanOrEqual(1);
  const [to, stats, beside] = [await beats(rig, led), await statsOf(rig, 'greedy'), await statsOf(rig, 'neighbour')];
  report(`a behaviour that takes ${(WORK_US / PERIOD_US) * 100} % beside a neighbour, with a load of ${LOAD / 10} %`, {
    'beats of the neighbour': to.edges - from.edges,
    skipped: to.skipped - from.skipped,
    'permille that it took': stats.used,
    'windows in which it was throttled': stats.throttled,
  });
  expect(stats.load).toBe(LOAD);
  expect(beside.throttled).toBe(0);
  expect(to.skipped - from.skipped).toBe(0);
}
