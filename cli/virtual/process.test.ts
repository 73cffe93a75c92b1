import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Desk } from '../testing/tars.js';
import { isAlive, isRunning } from './process.js';

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

it('says what there is to flash, in a project and outside of one', async () => {
  const desk = new Desk();
  try {
    expect((await desk.tars(['board', 'start', 'alpha'])).err).toContain('flash examples/blink --port alpha');
    writeFileSync(join(desk.folder, 'tars.toml'), '');
    const { err } = await desk.tars(['board', 'start', 'beta']);
    expect(err).toContain('flash . --port beta');
    await desk.tars(['board', 'stop', 'beta']);
  } finally {
    await desk.dispose();
  }
});
