import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Desk } from '../testing/tars.js';
import { isAlive, isRunning } from './process.js';
import { BOARD_PARENT } from './registry.js';

it('takes a process for dead that has ended, though nobody asked how', async () => {
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    await expect.poll(() => isAlive(Number(pid))).toBe(false);
    expect(isAlive(parent.pid ?? 0)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});

it('takes a process for alive whose first thread is over, while another keeps its lock', () => {
  const stat = (state: string, threads: number): string =>
    `77 (a board) (Z) ${state} 1 77 77 0 -1 4194304 90 0 0 0 3 1 0 0 20 0 ${threads} 0 5 0 0\n`;
  expect(['S', 'Z'].map((state) => isRunning(stat(state, 1)))).toEqual([true, false]);
  expect(isRunning(stat('Z', 2))).toBe(true);
});

it('lets nobody else read the flash of a board: its private key is there', async () => {
  const desk = new Desk();
  const umask = process.umask(0);
  try {
    const { pty } = await desk.board({ name: 'alpha' });
    for (const folder of [dirname(pty), join(dirname(pty), '..')]) expect(statSync(folder).mode & 0o077).toBe(0);
  } finally {
    process.umask(umask);
    await desk.dispose();
  }
});

it('says what there is to flash; boards of tests end with them, others stay', async () => {
  const desk = new Desk();
  const test = spawn('sleep', ['60'], { stdio: 'ignore' });
  const start = async (name: string, parent: string): Promise<number> => {
    const { out } = await desk.tars(['board', 'start', name, '--json'], { env: { [BOARD_PARENT]: parent } });
    return (JSON.parse(out) as { pid: number }).pid;
  };
  try {
    const [ends, stays] = await Promise.all([start('ends', String(test.pid)), start('stays', '')]);
    const parentOf = (pid: number): string | undefined =>
      /--parent\0(\d+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
    expect(parentOf((await desk.board({ name: 'own' })).pid)).toBe(String(process.pid));
    test.kill('SIGKILL');
    await expect.poll(() => isAlive(ends), { timeout: 5000 }).toBe(false);
    expect([isAlive(stays), parentOf(stays)]).toEqual([true, undefined]);
    expect((await desk.tars(['board', 'start', 'alpha'])).err).toContain('flash examples/blink --port alpha');
    writeFileSync(join(desk.folder, 'tars.toml'), '');
    const { err } = await desk.tars(['board', 'start', 'beta']);
    expect(err).toContain('flash . --port beta');
    await desk.tars(['board', 'stop', 'beta']);
  } finally {
    test.kill('SIGKILL');
    await desk.dispose();
  }
});
