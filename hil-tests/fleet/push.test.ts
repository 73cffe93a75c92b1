/**
 * `tars ota push` as a process, mosquitto and three real boards: the way of an app to a fleet, with everything that may
 * die on it.
 */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packApp } from '../../ota/host/app.js';
import { largeImage } from '../../ota/host/testing/cast.js';
import { homePath } from '../../cli/home.js';
import { clearError, Desk, makeKeys, MEMBER, PASSPHRASE, type Result } from '../../cli/testing/tars.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { runs } from '../../sdk/testing/figures.js';
import { tars as compile } from '../program.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Onlooker } from './onlooker.js';

const BOARDS = ['a', 'b', 'c'] as const;
const KEYS = ['--key', 'alice', '--key', 'olga', '--health', '0.3'];
const env = { TARS_PASSPHRASE: PASSPHRASE };
/** Seconds that an operator lives. */
const KILLED_AFTER_S = [0.7, 1.3, 2, 3, 1, 4].slice(0, runs({ full: 6, short: 2 }));

/**
 * Versions that differ in a number only. One reaction a second: what a loaded computer skips of shorter periods looks
 * like a bad app.
 */
const arm = (pulse: number): readonly Uint8Array[] => [
  compile(`behaviour arm
use servo: pwm.pulse = board.SERVO1 at 50Hz safe 1500us
param pulse: i32 us = ${pulse}us in 1000us ..= 2000us
every 1s { servo.set(pulse) }`),
];
/** Traps 50 ms after it was started. */
const faulty = (): readonly Uint8Array[] => [
  handmade(
    '(module (func (export "r") (param $source i32) (param i32) (if (local.get $source) (then (unreachable)))))',
    { name: 'arm', sources: [[0, 50_000]] },
  ),
];

interface Row {
  readonly name: string;
  readonly number: number;
  readonly online: boolean;
  readonly freshness: string;
  readonly modules: string[];
}
interface Done {
  readonly number: number;
  readonly state: string;
  readonly reason: string;
  readonly devices: {
    readonly name: string;
    readonly state: string;
    readonly error: string | null;
    readonly detail: string;
  }[];
}
describe.skipIf(mosquittoPath === undefined)('a fleet of three', () => {
  const desk = new Desk();
  let broker: Mosquitto;
  let onlooker: Onlooker;

  const tars = (args: readonly string[], on = desk): Promise<Result> => on.tars(args, { env, timeoutMs: 90_000 });
  const fine = async (...args: string[]): Promise<string> => {
    const { exit, out, err } = await tars(args);
    expect({ args, exit, err: exit === 0 ? '' : `${err}${out}` }).toEqual({ args, exit: 0, err: '' });
    return out;
  };
  const list = async (): Promise<Row[]> => JSON.parse(await fine('fleet', 'list', '--json')) as Row[];
  const push = async (path: string, ...more: string[]): Promise<Result & { done: Done }> => {
    const result = await tars(['ota', 'push', path, ...KEYS, ...more, '--json']);
    return { ...result, done: JSON.parse(result.out) as Done };
  };
  const app = (name: string, modules: readonly Uint8Array[]): string => {
    writeFileSync(join(desk.folder, name), packApp({ class: 'virtual', modules }));
    return name;
  };
  const commitsOf = (number: number): string[] => onlooker.commitsOf(number);
  const online = (name: string, wanted: boolean): Promise<void> =>
    onlooker.until((all) => all.some((each) => each.name === name && each.online === wanted));

  beforeAll(async () => {
    broker = await Mosquitto.start();
    onlooker = await Onlooker.open(broker.url, 'line1');
    makeKeys(desk.folder, { alice: MEMBER, olga: ['operator'] });
    await fine('keys', 'root', 'one.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
    for (const name of BOARDS) {
      await desk.board({ name });
      await fine('provision', '--port', name, '--root', 'one.root', '--broker', broker.url, '--fleet', 'line1');
    }
  }, 120_000);
  afterAll(async () => {
    await onlooker?.close();
    await desk.dispose();
    await broker?.close();
  });

  it('is there', async () => {
    await onlooker.until((all) => all.filter((each) => each.online).length === 3);
    expect((await list()).map((row) => row.online)).toEqual([true, true, true]);
  }, 90_000);

  it('gets an app: a canary, then the rest; the second time nothing', async () => {
    const { exit, done } = await push(app('one.app', arm(1100)));
    expect({ exit, ...done }).toMatchObject({
      exit: 0,
      state: 'done',
      number: 1,
      devices: BOARDS.map((name) => ({ name, state: 'committed' })),
    });
    expect((await push('one.app')).done).toEqual({ state: 'nothing', devices: 3, number: 1 });
    await onlooker.until((all) => all.every(({ number }) => number === 1));
    await expect
      .poll(async () => (await list()).map(({ number, freshness }) => [number, freshness]), { timeout: 20_000 })
      .toEqual([
        [1, 'fresh'],
        [1, 'fresh'],
        [1, 'fresh'],
      ]);
    expect(commitsOf(1)).toHaveLength(3);
  }, 120_000);

  it('is spared a version that fails on the canary', async () => {
    const { exit, done } = await push(app('bad.app', faulty()));
    expect({ exit, state: done.state, reason: done.reason }).toEqual({
      exit: 1,
      state: 'aborted',
      reason: 'a canary failed: reverted',
    });
    expect(done.devices.map(({ state }) => state)).toEqual(['reverted', 'withdrawn', 'withdrawn']);
    expect(done.devices[0]).toMatchObject({ error: 'trap', detail: 'unreachable' });
    expect(await fine('ota', 'status')).toMatch(/ reverted +trap in arm: unreachable/);
    expect(await fine('ota', 'history')).toContain('detail=unreachable');
    expect((await list()).map(({ number }) => number)).toEqual([1, 1, 1]);
  }, 120_000);

  it('gets an app that does not fit a message, in pieces', async () => {
    writeFileSync(join(desk.folder, 'large.app'), largeImage());
    const { exit, done } = await push('large.app');
    expect({ exit, ...done }).toMatchObject({ exit: 0, state: 'done', number: 3 });
    expect(commitsOf(3)).toHaveLength(3);
  }, 120_000);

  it('takes commands through the broker, from operators only', async () => {
    await fine('stop', 'blink', '--device', 'b', '--key', 'olga');
    const status = async (): Promise<unknown> =>
      (JSON.parse(await fine('ps', '--port', 'b', '--json')) as { behaviours: { status: string }[] }).behaviours[0]
        ?.status;
    expect(await status()).toBe('stopped');
    await fine('start', 'blink', '--device', 'b', '--key', 'olga');
    expect(await status()).toBe('running');
    for (const [args, message] of [
      [['stop', 'blink', '--device', 'b', '--key', 'alice'], 'role operator must sign'],
      [['stop', 'nobody', '--device', 'b', '--key', 'olga'], 'b refused stop'],
      [['stop', 'blink', '--device', 'x', '--key', 'olga'], 'no device x'],
    ] as const) {
      const { exit, err } = await tars(args);
      expect(exit).toBe(1);
      expect(err).toMatch(clearError);
      expect(err).toContain(message);
    }
  }, 120_000);

  it('goes back under a higher number', async () => {
    const { exit, out } = await tars(['ota', 'rollback', ...KEYS, '--yes', '--json']);
    expect({ exit, ...(JSON.parse(out) as Done) }).toMatchObject({
      exit: 0,
      state: 'done',
      number: 4,
      kind: 'rollback',
      label: 'one.app',
    });
  }, 120_000);

  it('catches up when a board was off line', async () => {
    await fine('board', 'stop', 'c');
    await online('c', false);
    expect((await list()).find(({ name }) => name === 'c')?.online).toBe(false);
    const { exit, done } = await push(app('two.app', arm(1200)));
    expect({ exit, state: done.state, devices: done.devices.map(({ name, state }) => `${name} ${state}`) }).toEqual({
      exit: 0,
      state: 'done',
      devices: ['a committed', 'b committed', 'c sent'],
    });
    await fine('board', 'start', 'c');
    await onlooker.until((all) => all.every(({ number }) => number === 5));
    expect((await list()).map(({ number }) => number)).toEqual([5, 5, 5]);
    expect(commitsOf(5)).toHaveLength(3);
  }, 180_000);

  it('is watched: a board that comes late is shown, and gets an app in pieces meanwhile', async () => {
    await fine('board', 'stop', 'c');
    await online('c', false);
    expect((await push('large.app')).done).toMatchObject({ state: 'done', number: 6 });
    const watched = desk.background(['fleet', 'watch', '--key', 'olga'], env);
    await watched.shows(/^c .*  no  5  6 /m);
    await fine('board', 'start', 'c');
    await watched.shows(/^c .*  yes  6  6  -  fresh /m, 60_000);
    expect(await watched.end()).toMatchObject({ exit: 0, err: '' });
    await expect.poll(() => commitsOf(6)).toHaveLength(3);
  }, 180_000);

  it('survives an operator that is killed at any moment: the same command finishes, one commit each', async () => {
    let number = 6;
    for (const [round, delay] of KILLED_AFTER_S.entries()) {
      const path = app('kill.app', arm(1300 + round));
      const victim = spawn(process.execPath, [homePath('cli/bin/tars.js'), 'ota', 'push', path, ...KEYS], {
        cwd: desk.folder,
        env: { PATH: process.env['PATH'], HOME: desk.folder, XDG_STATE_HOME: join(desk.folder, 'state'), ...env },
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => victim.once('exit', resolve));
      await Promise.race([sleep(delay * 1000), ended]);
      victim.kill('SIGKILL');
      await ended;
      const { exit, err, out } = await tars(['ota', 'push', path, ...KEYS]);
      expect({ delay, exit, said: exit === 0 ? '' : `${err}${out}` }).toEqual({ delay, exit: 0, said: '' });
      number = 7 + round;
      await onlooker.until((all) => all.every((each) => each.number === number));
      expect((await list()).map((row) => row.number)).toEqual([number, number, number]);
      expect({ delay, commits: commitsOf(number).length, boards: new Set(commitsOf(number)).size }).toEqual({
        delay,
        commits: 3,
        boards: 3,
      });
    }
    expect((await tars(['ota', 'history', '--json'])).exit).toBe(0);
  }, 400_000);

  it('goes on with what the broker keeps when the operator has lost his memory', async () => {
    const path = app('lost.app', arm(1400));
    const before = Math.max(...onlooker.seen.map(({ number }) => number));
    const victim = spawn(process.execPath, [homePath('cli/bin/tars.js'), 'ota', 'push', path, ...KEYS], {
      cwd: desk.folder,
      env: { PATH: process.env['PATH'], HOME: desk.folder, XDG_STATE_HOME: join(desk.folder, 'state'), ...env },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => victim.once('exit', resolve));
    await onlooker.until((all) => all.some(({ number }) => number > before));
    victim.kill('SIGKILL');
    await ended;
    rmSync(join(desk.folder, 'state', 'tars', 'fleets'), { recursive: true });
    const { exit } = await tars(['ota', 'push', path, ...KEYS]);
    expect(exit).toBe(0);
    expect((await list()).map((row) => row.number)).toEqual([before + 1, before + 1, before + 1]);
    expect(commitsOf(before + 1)).toHaveLength(3);
  }, 180_000);

  it('has one operator at a time: the second is told who the first is', async () => {
    const other = new Desk();
    try {
      cpSync(join(desk.folder, '.config'), join(other.folder, '.config'), { recursive: true });
      cpSync(join(desk.folder, 'one.app'), join(other.folder, 'one.app'));
      const canary = onlooker.seen[0];
      // The canary stands still, so the first push has to wait for it.
      const pid = readPid(desk, canary?.name ?? 'a');
      process.kill(pid, 'SIGSTOP');
      const first = tars(['ota', 'push', app('slow.app', arm(1500)), ...KEYS]);
      await expect.poll(async () => (await tars(['ota', 'status'])).err, { timeout: 60_000 }).toContain('pushes now');
      const second = await tars(['ota', 'push', 'one.app', ...KEYS], other);
      expect(second.exit).toBe(1);
      expect(second.err).toMatch(clearError);
      expect(second.err).toContain('pushes to this fleet since');
      const here = await tars(['ota', 'push', 'one.app', ...KEYS]);
      expect(here.err).toContain('another push to this fleet runs on this computer');
      process.kill(pid, 'SIGCONT');
      expect((await first).exit).toBe(0);
    } finally {
      await other.dispose();
    }
  }, 180_000);

  it('goes on after the broker was killed', async () => {
    const path = app('broker.app', arm(1600));
    const before = Math.max(...onlooker.seen.map(({ number }) => number));
    const first = tars(['ota', 'push', path, ...KEYS]);
    // The first board has it; the others wait for what it reports.
    await onlooker.until((all) => all.some(({ number }) => number > before));
    await broker.end('SIGKILL');
    const { exit, err } = await first;
    // It was either faster than we, or says what to do.
    if (exit !== 0) expect(err).toContain('cure: ');
    await broker.resume();
    await onlooker.until((all) => all.filter((each) => each.online).length === 3);
    const again = await tars(['ota', 'push', path, ...KEYS]);
    expect({ exit: again.exit, err: again.exit === 0 ? '' : again.err }).toEqual({ exit: 0, err: '' });
    const numbers = (await list()).map((row) => row.number);
    expect(new Set(numbers).size).toBe(1);
  }, 240_000);
});

/** Process of a virtual board. */
const readPid = (desk: Desk, name: string): number =>
  (
    JSON.parse(readFileSync(join(desk.folder, 'state', 'tars', 'boards', name, 'board.json'), 'utf8')) as {
      pid: number;
    }
  ).pid;
