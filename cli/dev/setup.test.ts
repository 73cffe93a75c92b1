import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('setup.mjs', import.meta.url));
const empty = mkdtempSync(`${tmpdir()}/tars-path-`);
afterAll(() => rmSync(empty, { recursive: true }));

describe('set-up', () => {
  it('prints the one command to run where packages are missing and it may not install them', () => {
    // Nothing on the PATH: no compiler, and neither apt-get nor sudo to get one with.
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      env: { PATH: empty },
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    const commands = stderr.split('\n').filter((line) => line.includes('sudo'));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(
      /^ {2}sudo apt-get update && sudo apt-get install -y .*\bcmake ninja-build gcc libc6-dev\b/,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
