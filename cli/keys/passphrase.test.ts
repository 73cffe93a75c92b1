/** What somebody types at the prompt of a key, on a real terminal. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePath } from '../home.js';
import { Desk } from '../testing/tars.js';

const desk = new Desk();
afterAll(() => desk.dispose());
beforeAll(async () => {
  const env = { TARS_PASSPHRASE: 'right' };
  expect((await desk.tars(['keys', 'new', 'alice'], { env })).exit).toBe(0);
});

/** Answers the questions one after the other; returns what the terminal showed. */
function type(args: readonly string[], answers: readonly string[]): Promise<{ exit: number | null; shown: string }> {
  const command = [process.execPath, homePath('cli/bin/tars.js'), ...args].join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: desk.folder,
    env: { PATH: process.env['PATH'], HOME: desk.folder, NO_COLOR: '1' },
  });
  const left = [...answers];
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
    const answer = shown.endsWith(': ') ? left.shift() : undefined;
    if (answer !== undefined) child.stdin.write(answer);
  });
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, shown })));
}

const sign = (path: string): string[] => [
  'keys',
  'root',
  path,
  '--owner',
  'robots.example',
  '--member',
  'alice',
  '--key',
  'alice',
];

describe('a passphrase', () => {
  it('may be typed wrong twice, and is never shown', async () => {
    const { exit, shown } = await type(sign('one.root'), ['wrong\r', 'worse\r', 'right\r']);
    expect(shown.match(/passphrase of alice/g)).toHaveLength(3);
    expect(shown).toMatch(/2 tries left[^]*last try/);
    expect(shown).not.toMatch(/wrong\b(?! passphrase)|worse|right/);
    expect([exit, existsSync(join(desk.folder, 'one.root'))]).toEqual([0, true]);
  });

  it('may be typed wrong three times, and then says what helps', async () => {
    const { exit, shown } = await type(sign('two.root'), ['a\r', 'b\r', 'c\r']);
    expect(shown.match(/passphrase of alice/g)).toHaveLength(3);
    expect(shown).toContain("error: can't open the key alice");
    expect([exit, existsSync(join(desk.folder, 'two.root'))]).toEqual([1, false]);
  });

  it('may be refused with Ctrl-C, and then nothing is written', async () => {
    const { exit, shown } = await type(sign('none.root'), ['ri\x03']);
    expect(shown).toMatch(/error: interrupted; nothing was signed and no key was made\s+cure: run it again/);
    expect([exit, existsSync(join(desk.folder, 'none.root'))]).toEqual([1, false]);
  });

  it('may come before it is asked for, with what follows it', async () => {
    expect(await type(sign('three.root'), ['wrong\rworse\rright\r'])).toMatchObject({ exit: 0 });
  });

  it('is given up with Ctrl-C, which ends the command', async () => {
    const { exit, shown } = await type(sign('five.root'), ['half\x03\r', 'b\r', 'c\r']);
    expect(shown.match(/passphrase of alice/g)).toHaveLength(1);
    expect(shown).toContain('error: interrupted');
    expect([exit, existsSync(join(desk.folder, 'five.root'))]).toEqual([1, false]);
  });

  it('from the environment has one try', async () => {
    const { exit, err } = await desk.tars(sign('four.root'), { env: { TARS_PASSPHRASE: 'wrong' } });
    expect([exit, err.match(/can't open/g)?.length]).toEqual([1, 1]);
  });

  it('is asked for twice if it is new, again if the two differ or it is empty', async () => {
    const { exit, shown } = await type(['keys', 'new', 'bob'], ['\r', 'new\r', 'other\r', 'new\r', 'new\r']);
    expect(shown).toMatch(/a key needs a passphrase[^]*the two passphrases differ/);
    expect([exit, shown.match(/bob again/g)?.length]).toEqual([0, 2]);
  });
});
