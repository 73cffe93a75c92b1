/** The tour of the README, as somebody would type it: each line does what it says, and nothing is left. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { homePath } from './home.js';
import { Desk } from './testing/tars.js';

const desk = new Desk();
afterAll(() => desk.dispose());

/** Lines of the blocks for a shell, but for one behind a comment that says why it is no part of the tour. */
function tour(): string[] {
  const text = readFileSync(homePath('README.md'), 'utf8');
  return [...text.matchAll(/(-->\n)?```sh\n([^]*?)```/g)]
    .filter(([, comment]) => comment === undefined)
    .flatMap(([, , block = '']) => block.trimEnd().split('\n'));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Done {
  readonly line: string;
  readonly exit: number;
  readonly said: string;
}

/**
 * Types the lines into one shell. `npx` is the command itself; what goes on until its end is ended after two seconds;
 * folders, port and the short trials of signed apps are of this test alone.
 */
async function type(lines: readonly string[], folder: string, port: number): Promise<readonly Done[]> {
  const bin = join(desk.folder, 'npx-bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec ${process.execPath} ${homePath('cli/bin/tars.js')} "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  const own = (line: string): string =>
    line
      .replaceAll('/tmp/tour', join(desk.folder, 'tour'))
      .replace(/^npx tars broker /, `npx tars broker --listen ${port} `)
      .replaceAll(':1883', `:${port}`)
      .replace(/^npx tars (ota (?:push|rollback)|flash(?= .*--key)) /, '$& --health 0.5 ')
      .replace(/^(npx tars run [^#]*--watch)/, 'timeout -s INT 2 $1');
  const script = lines.map((line, index) => `${own(line)}\necho "=== ${index} $?"\n`).join('');
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}wait\n`], {
    cwd: folder,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: desk.folder,
      NO_COLOR: '1',
      npm_command: 'exec',
      TARS_PASSPHRASE: 'correct horse',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  shell.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await new Promise((resolve) => shell.on('close', resolve));
  const parts = text.split(/^=== \d+ (\d+)\n/m);
  return lines.map((line, index) => ({
    line,
    said: parts[2 * index] ?? '',
    exit: Number(parts[2 * index + 1] ?? NaN),
  }));
}

it('is right in every line, and cleans up after itself', { timeout: 280_000 }, async () => {
  const folder = join(desk.folder, 'clone');
  mkdirSync(folder);
  cpSync(homePath('examples'), join(folder, 'examples'), { recursive: true });
  const lines = tour();
  expect(lines.length).toBeGreaterThan(40);
  const done = await type(lines, folder, await freePort());
  for (const { line, exit, said } of done) {
    const refused = /# refused: (.*)/.exec(line)?.[1];
    // `timeout` passes on that it had to end what goes on until its end.
    const expected = refused !== undefined ? 1 : /--watch/.test(line) ? [0, 124] : 0;
    expect([expected].flat(), `${line}\n${said}`).toContain(exit);
    if (refused !== undefined) expect(said, line).toMatch(/signed[^]*cure: /);
    for (const hint of said.match(/`(npx )?tars [^`]*`/g) ?? []) expect(hint, line).toMatch(/^`npx /);
  }
  const said = (start: string): string => done.find(({ line }) => line.startsWith(start))?.said ?? '';
  expect(said('npx tars run')).toMatch(/pin +LED +(high|low)/);
  expect(done.filter(({ line }) => line.startsWith('npx tars flash examples/kalman'))[1]?.said).toMatch(
    /nothing to do/,
  );
  expect(said('npx tars param set kf.q')).toContain('0.1');
  expect(said('npx tars fleet list')).toMatch(/beta/);
  expect(said('npx tars ota rollback')).toMatch(/back to examples\/topic/);
  expect(said('npx tars ota history')).toMatch(/rollback/);
  expect(readdirSync(folder)).toEqual(['examples']);
  expect(readdirSync(desk.folder).filter((name) => name === 'tour' || name === '.config')).toEqual([]);
});
