/**
 * `kill -9` of host or board while an app of 16 KB is flashed over a link of 115,200 baud: afterwards the old or the new
 * app runs. Moments are uniform over the measured duration of each phase: receiving (from `install.begin` to
 * `install.commit`), staging (until its answer: checks, flash, loading, swap), starting (until the trial is confirmed).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Random } from '../../sdk/host/index.js';
import { Bench } from '../bench.js';
import { loadDescription, projectRoot } from '../description.js';
import { encodeCbor } from '../../sdk/wire/index.js';
import { report, runs } from './figures.js';
import { large, LARGE_BYTES, neighbour } from './modules.js';
import { LinkProxy, type Mark, type Phase, phases } from './proxy.js';

/** Kills in each phase, half of them of the host. */
const KILLS: Readonly<Record<Phase, number>> = {
  receiving: runs({ full: 40, short: 2 }), staging: runs({ full: 30, short: 2 }), starting: runs({ full: 30, short: 2 }),
};
const TIMEOUT_MS = 900_000;
const { wires } = loadDescription('virtual');

/** One flashing of an app, and whom to kill when. */
interface Attempt {
  readonly app: string;
  readonly kill?: { readonly whom: 'host' | 'board'; readonly phase: Phase; readonly afterMs: number };
}

/** Starts `tars flash` through a proxy; resolves with the marks when it has ended, by itself or not. */
async function flash(bench: Bench, { app, kill }: Attempt): Promise<Map<Mark, number>> {
  const marks = new Map<Mark, number>();
  const proxy = await LinkProxy.open(bench.process.ready.tcp ?? 0, (mark, atMs) => {
    if (marks.has(mark)) return;
    marks.set(mark, atMs);
    if (kill?.phase === mark) at(atMs + kill.afterMs, () => { process.kill(kill.whom === 'host' ? (host.pid ?? 0) : bench.process.pid, 'SIGKILL'); });
  });
  const host = spawn(process.execPath, [join(projectRoot, 'cli/bin/tars.js'), 'flash', app, '--port', `tcp:127.0.0.1:${proxy.port}`], { stdio: 'ignore' });
  await new Promise((resolve) => host.once('exit', resolve));
  proxy.close();
  return marks;
}

/** Acts at a moment, to a fraction of a millisecond: timers are coarse, so the last two are waited out. */
function at(momentMs: number, act: () => void): void {
  setTimeout(() => {
    while (performance.now() < momentMs);
    act();
  }, Math.max(0, momentMs - performance.now() - 2));
}

/** Digest of a module as the board reports it. */
const digestOf = (module: Uint8Array): string => createHash('sha256').update(module).digest('hex');

/** Digest of the large behaviour if all of the app runs, else what is wrong. */
async function running(bench: Bench): Promise<string> {
  const list = [];
  for (let index = 0; index < 2; index++) list.push(await bench.link.request('list', { index }).catch(() => undefined));
  const found = list.find((row) => row?.behaviour === 'large');
  if (list.some((row) => row === undefined) || found === undefined) return 'a behaviour is missing';
  const halted = (await Promise.all(list.map((row) => bench.status(row?.behaviour ?? '')))).find(({ status }) => status !== 'running');
  return halted === undefined ? Buffer.from(found.digest).toString('hex') : `one is ${halted.status}`;
}

it('runs the old or the new app after a kill at any moment', { timeout: TIMEOUT_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-crash-'));
  const open = (): Promise<Bench> => Bench.open(loadDescription('virtual'), { realTime: true, state: join(folder, 'board'), arguments: ['--baud', '115200'] });
  const versions = [1, 2].map((version) => large(wires['led'] ?? '', version));
  const apps = versions.map((module, i) => {
    const path = join(folder, `version${i + 1}.app`);
    writeFileSync(path, encodeCbor(['virtual', [neighbour(wires['led2'] ?? ''), module]]));
    return { path, digest: digestOf(module) };
  });
  expect(versions[0]?.length).toBeGreaterThanOrEqual(LARGE_BYTES);
  const random = new Random(3);
  let bench = await open();
  try {
    await flash(bench, { app: apps[0]?.path ?? '' });
    const marks = await flash(bench, { app: apps[1]?.path ?? '' });
    const durations = durationsOf(marks);
    report('flashing at 115,200 baud', { 'receiving ms': durations.receiving, 'staging ms': durations.staging, 'starting ms': durations.starting });
    const outcomes = new Map<string, number>();
    let current = apps[1];
    for (const phase of phases) {
      for (let kill = 0; kill < KILLS[phase]; kill++) {
        const next = current === apps[0] ? apps[1] : apps[0];
        const whom = kill % 2 === 0 ? 'board' : 'host';
        const afterMs = (random.between(0, 10_000) / 10_000) * durations[phase];
        await flash(bench, { app: next?.path ?? '', kill: { whom, phase, afterMs } });
        if (whom === 'board') bench = (await bench.close('kill'), await open());
        const digest = await running(bench);
        current = apps.find((app) => app.digest === digest);
        expect(current, `${whom} killed ${afterMs.toFixed(1)} ms after the beginning of ${phase}: ${digest}`).toBeDefined();
        const outcome = `${whom} killed while ${phase}, ${current === next ? 'new' : 'old'} app runs`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        // A host that died in a trial leaves it open; the next one begins by ending it.
        if (whom === 'host') current = await revert(bench, apps) ?? current;
      }
    }
    report('kills', Object.fromEntries(outcomes));
  } finally {
    await bench.close('kill');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Ends what the dead host has begun; the app that runs then. */
async function revert<T extends { readonly digest: string }>(bench: Bench, apps: readonly T[]): Promise<T | undefined> {
  await bench.link.request('install.abort', {}).catch(() => undefined);
  const digest = await running(bench);
  return apps.find((app) => app.digest === digest);
}

function durationsOf(marks: ReadonlyMap<Mark, number>): Record<Phase, number> {
  const between = (from: Mark, to: Mark): number => (marks.get(to) ?? NaN) - (marks.get(from) ?? NaN);
  return { receiving: between('receiving', 'staging'), staging: between('staging', 'starting'), starting: between('starting', 'done') };
}
