/**
 * `kill -9` of host or board while `tars flash` puts an app of 20 KB onto a board over its pseudo-terminal, paced at
 * 115,200 baud: afterwards the old or the new app runs, whole. Moments are drawn twice: uniform over the measured
 * duration of the whole installation, which nearly all fall into receiving, and uniform over that of each phase:
 * receiving (from `install.begin` to `install.commit`), staging (until its answer: checks, flash, loading, swap),
 * starting (until the trial is confirmed). Each kill is counted for the phase in which it struck.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Random } from '../../sdk/model/index.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription, projectRoot } from '../description.js';
import { encodeCbor } from '../../sdk/wire/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { large, LARGE_BYTES, neighbour } from './modules.js';
import { LinkProxy, type Mark, type Phase, phases } from './proxy.js';

/** Kills at moments over the whole installation, and more over each phase; half of all are of the host. */
const KILLS: Readonly<Record<Phase | 'whole', number>> = {
  whole: runs({ full: 100, short: 2 }),
  receiving: 0,
  staging: runs({ full: 40, short: 2 }),
  starting: runs({ full: 60, short: 2 }),
};
const TIMEOUT_MS = 1_800_000;
const { wires } = loadDescription('virtual');

/** One flashing of an app, and whom to kill when: so long after the beginning of a phase. */
interface Attempt {
  readonly app: string;
  readonly kill?: { readonly whom: 'host' | 'board'; readonly from: Phase; readonly afterMs: number };
}

/** What happened: when each phase began, and in which the kill struck. */
interface Flashed {
  readonly marks: ReadonlyMap<Mark, number>;
  readonly struck: Phase | undefined;
}

/** Runs `tars flash` over the pseudo-terminals; resolves when it has ended, by itself or not. */
async function flash(rig: BoardRig, { app, kill }: Attempt): Promise<Flashed> {
  const marks = new Map<Mark, number>();
  let struck: Phase | undefined;
  const strike = (): void => {
    struck = marks.has('done') ? undefined : [...phases].reverse().find((phase) => marks.has(phase));
    if (kill?.whom === 'host')
      host.kill('SIGKILL'); // it may have ended meanwhile
    else process.kill(rig.process.pid, 'SIGKILL');
  };
  const port = `${rig.process.ready.pty ?? ''}.host`;
  const proxy = await LinkProxy.open(rig.process.ready.pty ?? '', port, (mark, atMs) => {
    if (marks.has(mark)) return;
    marks.set(mark, atMs);
    if (kill?.from === mark) at(atMs + kill.afterMs, strike);
  });
  const host = spawn(process.execPath, [join(projectRoot, 'cli/bin/tars.js'), 'flash', app, '--port', port], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => host.once('exit', resolve));
  await proxy.close();
  return { marks, struck };
}

/** Acts at a moment, to a fraction of a millisecond: timers are coarse, so the last two are waited out. */
function at(momentMs: number, act: () => void): void {
  setTimeout(
    () => {
      while (performance.now() < momentMs);
      act();
    },
    Math.max(0, momentMs - performance.now() - 2),
  );
}

/** Digest of a module as the board reports it. */
const digestOf = (module: Uint8Array): string => createHash('sha256').update(module).digest('hex');

/** Digest of the large behaviour if all of the app runs, else what is wrong. */
async function running(rig: BoardRig): Promise<string> {
  const list = [];
  for (let index = 0; index < 2; index++) list.push(await rig.link.request('list', { index }).catch(() => undefined));
  const found = list.find((row) => row?.behaviour === 'large');
  if (list.some((row) => row === undefined) || found === undefined) return 'a behaviour is missing';
  const halted = (await Promise.all(list.map((row) => rig.status(row?.behaviour ?? '')))).find(
    ({ status }) => status !== 'running',
  );
  return halted === undefined ? Buffer.from(found.digest).toString('hex') : `one is ${halted.status}`;
}

it('runs the old or the new app after a kill at any moment', { timeout: TIMEOUT_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-crash-'));
  const open = (): Promise<BoardRig> =>
    BoardRig.open(loadDescription('virtual'), {
      realTime: true,
      state: join(folder, 'board'),
      arguments: ['--baud', '115200', '--pty', join(folder, 'link')],
    });
  const versions = [1, 2].map((version) => large(wires['led'] ?? '', version));
  const apps = versions.map((module, i) => {
    const path = join(folder, `version${i + 1}.app`);
    writeFileSync(path, encodeCbor(['virtual', [neighbour(wires['led2'] ?? ''), module]]));
    return { path, digest: digestOf(module) };
  });
  expect(versions[0]?.length).toBeGreaterThanOrEqual(LARGE_BYTES);
  const random = new Random(3);
  let rig = await open();
  try {
    await flash(rig, { app: apps[0]?.path ?? '' });
    const { marks } = await flash(rig, { app: apps[1]?.path ?? '' });
    const durations = durationsOf(marks);
    report(
      'flashing at 115,200 baud',
      Object.fromEntries(Object.entries(durations).map(([phase, ms]) => [`${phase} ms`, ms])),
    );
    const outcomes = new Map<string, number>();
    let current = apps[1];
    for (const span of ['whole', ...phases] as const) {
      for (let kill = 0; kill < KILLS[span]; kill++) {
        const next = current === apps[0] ? apps[1] : apps[0];
        const whom = kill % 2 === 0 ? 'board' : 'host';
        const afterMs = (random.between(0, 10_000) / 10_000) * durations[span];
        const { struck } = await flash(rig, {
          app: next?.path ?? '',
          kill: { whom, from: span === 'whole' ? 'receiving' : span, afterMs },
        });
        if (whom === 'board') rig = (await rig.close('kill'), await open());
        const digest = await running(rig);
        current = apps.find((app) => app.digest === digest);
        expect(
          current,
          `${whom} killed ${afterMs.toFixed(1)} ms after the beginning of ${span}: ${digest}`,
        ).toBeDefined();
        const outcome = `${whom} killed while ${struck ?? 'done'}, ${current === next ? 'new' : 'old'} app runs`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        // A host that died in a trial leaves it open; the next one begins by ending it.
        if (whom === 'host') current = (await revert(rig, apps)) ?? current;
      }
    }
    report('kills', Object.fromEntries(outcomes));
    expectEnough(outcomes);
  } finally {
    await rig.close('kill');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Ends what the dead host has begun; the app that runs then. */
async function revert<T extends { readonly digest: string }>(
  rig: BoardRig,
  apps: readonly T[],
): Promise<T | undefined> {
  await rig.link.request('install.abort', {}).catch(() => undefined);
  const digest = await running(rig);
  return apps.find((app) => app.digest === digest);
}

/** With the full counts every phase is struck at least 20 times. */
function expectEnough(outcomes: ReadonlyMap<string, number>): void {
  const total = (phase: Phase): number =>
    [...outcomes].reduce((sum, [outcome, count]) => sum + (outcome.includes(phase) ? count : 0), 0);
  for (const phase of phases) expect(total(phase), phase).toBeGreaterThanOrEqual(runs({ full: 20, short: 0 }));
}

function durationsOf(marks: ReadonlyMap<Mark, number>): Record<Phase | 'whole', number> {
  const between = (from: Mark, to: Mark): number => (marks.get(to) ?? NaN) - (marks.get(from) ?? NaN);
  return {
    whole: between('receiving', 'done'),
    receiving: between('receiving', 'staging'),
    staging: between('staging', 'starting'),
    starting: between('starting', 'done'),
  };
}
