/** However a process ends, what it has put into the temporary folder is gone then. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePath } from './home.js';

const folder = mkdtempSync(join(tmpdir(), 'tars-ends-'));
const scratch = join(folder, 'scratch');
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  mkdirSync(scratch);
  await build({ entryPoints: [homePath('cli/ends.ts')], outfile: join(folder, 'ends.mjs'), format: 'esm' });
});

/** Runs a script that has made two folders; `signal` is sent when it says that it is ready. */
function ends(body: string, signal?: NodeJS.Signals): Promise<readonly [number | null, string | null]> {
  const head = `import { atEnd, interrupted, scratchFolder } from ${JSON.stringify(join(folder, 'ends.mjs'))};
    import { writeFileSync } from 'node:fs';
    const [one, two] = [scratchFolder('one'), scratchFolder('two')];
    writeFileSync(one.path + '/file', '');
    atEnd(() => writeFileSync(${JSON.stringify(join(folder, 'order'))}, 'before its folder'));
    const wait = setTimeout(() => {}, 20000);
    console.log('ready');\n`;
  writeFileSync(join(folder, 'script.mjs'), head + body);
  const child = spawn(process.execPath, [join(folder, 'script.mjs')], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (signal) child.stdout.once('data', () => child.kill(signal));
  return new Promise((resolve) => child.on('close', (exit, by) => resolve([exit, by])));
}

const left = (): string[] => readdirSync(scratch);

describe('nothing is left', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('after %s, which ends the process as always', async (signal) => {
    expect(await ends('', signal)).toEqual([null, signal]);
    expect(left()).toEqual([]);
    expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('before its folder');
  });

  it.each([
    ['an error that nobody caught', 'setTimeout(() => { throw new Error(); }, 10);', 1],
    ['a promise that nobody caught', 'void Promise.reject(new Error());', 1],
    ['an exit', 'process.exit(3);', 3],
    ['the end', 'clearTimeout(wait);', 0],
    ['what is removed in time', 'one.remove(); two.remove(); clearTimeout(wait);', 0],
  ])('after %s', async (_, body, exit) => {
    expect(await ends(body)).toEqual([exit, null]);
    expect(left()).toEqual([]);
  });

  it('after a signal that the command takes as its end', async () => {
    const body =
      'const user = interrupted(); const by = await user.by; user.off(); clearTimeout(wait);' +
      'process.exitCode = by.length;';
    expect(await ends(body, 'SIGHUP')).toEqual([6, null]);
    expect(left()).toEqual([]);
  });

  it('because one file makes folders there', () => {
    const making = readdirSync(homePath('cli'), { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        /\.ts$/.test(file) &&
        !/(^|\/)(dev|testing)\/|\.test\.ts$/.test(file) &&
        /\bmkdtemp/.test(readFileSync(homePath(`cli/${file}`), 'utf8')),
    );
    expect(making).toEqual(['ends.ts']);
  });
});
