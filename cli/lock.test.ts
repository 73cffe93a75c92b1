/** Processes that want one lock, some of which are killed while they have it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { homePath } from './home.js';
import { tryLock } from './lock.js';

const folder = mkdtempSync(join(tmpdir(), 'tars-lock-'));
const program = join(folder, 'program.mjs');
afterAll(() => rmSync(folder, { recursive: true }));

/** Adds one to a number in a file so many times, which loses some wherever two are at it at once. */
const PROGRAM = `
import { readFileSync, writeFileSync } from 'node:fs';
import { alone } from '${homePath('cli/lock.ts')}';
const [lock, file, rounds, dies] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round++)
  alone(lock, () => {
    const before = Number(readFileSync(file, 'utf8'));
    if (dies) process.kill(process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 2);
    writeFileSync(file, String(before + 1));
  });
`;

beforeAll(() =>
  build({
    stdin: { contents: PROGRAM, resolveDir: homePath('cli'), loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  }),
);

const run = (...args: readonly string[]): Promise<number | null> =>
  new Promise((resolve) =>
    spawn(process.execPath, [program, ...args], { stdio: 'inherit' }).on('exit', (code) => resolve(code)),
  );

it('lets one in at a time, also when its holders are killed', async () => {
  const [lock, file] = [join(folder, 'lock'), join(folder, 'number')];
  writeFileSync(file, '0');
  const rounds = 15;
  const ends = await Promise.all([
    ...[1, 2, 3, 4].map(() => run(lock, file, String(rounds))),
    ...[1, 2, 3].map(() => run(lock, file, '1', 'dies')),
  ]);
  expect(ends).toEqual([0, 0, 0, 0, null, null, null]);
  expect(Number(readFileSync(file, 'utf8'))).toBe(4 * rounds);
  expect(readdirSync(folder).filter((name) => /^lock\.\d+$/.test(name)).length).toBeLessThan(12);
}, 60_000);

it('says who has it, and can be had again when it was let go', () => {
  const path = join(folder, 'other');
  const taken = tryLock(path);
  if (typeof taken !== 'function') throw new Error('nobody had it');
  expect(tryLock(path)).toMatchObject({ pid: process.pid });
  taken();
  expect(tryLock(path)).toBeTypeOf('function');
});
