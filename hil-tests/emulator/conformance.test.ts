/**
 * The C suite that every port runs, as an image of its own; its exit code is the emulator's. What images contain of
 * libraries is compared with the host's libraries.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../sdk/testing/figures.js';
import { projectRoot } from '../description.js';
import { lacking } from './board.js';
import { libraryFunctions } from './libraries.js';

const FLASH_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 120_000;
const sources = join(projectRoot, 'firmware/test/conformance');
const image = (name: string, folder = 'firmware-qemu-m7'): string =>
  join(projectRoot, 'build', folder, 'ports/freertos', `${name}.elf`);
const images = [
  image('tars-board'),
  image('tars-board-plain'),
  image('tars-board-smallest', 'firmware-qemu-m7-smallest'),
];

/** Functions that have no row in library.c, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^(malloc|calloc|realloc|_(malloc|calloc|realloc)_r|_sbrk|abort)$/, 'ends in a panic: broken.test.ts'],
  [/^(free|_free_r|__assert_func|tars_library_broken)$/, 'does nothing, or ends in a panic'],
  [/^__aeabi_[il]div0$/, 'is reached by a division by zero, which the engine traps before'],
  [/^(__udivmoddi4|__fix(uns)?[sd]fdi|tars_format)$/, 'is what functions with a row are made of'],
];

describe.skipIf(lacking)('conformance of the FreeRTOS port', { timeout: 2 * TIMEOUT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-conformance-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let run = { status: null as number | null, stdout: '' };

  beforeAll(() => {
    const flash = join(folder, 'flash.bin');
    const file = openSync(flash, 'w');
    ftruncateSync(file, FLASH_BYTES);
    closeSync(file);
    run = spawnSync(
      process.execPath,
      [
        join(sources, 'peer.mjs'),
        'qemu-system-arm',
        '-M',
        'mps2-an500,memory-backend=flash',
        '-object',
        `memory-backend-file,id=flash,size=${FLASH_BYTES},mem-path=${flash},share=on`,
        '-icount',
        'shift=3',
        '-kernel',
        image('conformance'),
        '-display',
        'none',
        '-monitor',
        'none',
        '-serial',
        'stdio',
        '-semihosting-config',
        'enable=on,target=native,arg=conformance,arg=PORT',
        '-nic',
        'user',
      ],
      { encoding: 'utf8', timeout: TIMEOUT_MS, stdio: ['ignore', 'pipe', 'inherit'] },
    );
  }, 2 * TIMEOUT_MS);

  /** Lines of the suite about libraries. */
  const rowsOf = (text: string): string[] => text.match(/^library \S+ [0-9a-f]{8}$/gm) ?? [];

  it('numbers, peripherals, store, tasks, entropy and stream are as core and agent need them', () => {
    expect(run.stdout).toMatch(/conformance: \d{3,} checks, 0 failed/);
    expect(run.stdout).not.toContain('left out');
    expect(run.status).toBe(0);
  });

  it('helpers of the toolchain and functions of C answer as those of the host', () => {
    const program = join(folder, 'library');
    execFileSync('gcc', ['-std=c11', '-O2', 'library.c', 'library_host.c', '-o', program], { cwd: sources });
    const host = rowsOf(execFileSync(program, { encoding: 'utf8' }));
    expect(host.length).toBeGreaterThan(20);
    expect(rowsOf(run.stdout)).toEqual(host);
    report('functions of libraries that answer on the Cortex-M7 as on the host', {
      all: host.length,
      'of the toolchain (__aeabi_*)': host.filter((line) => line.includes(' __aeabi_')).length,
      'checks of the whole suite': /(\d+) checks/.exec(run.stdout)?.[1] ?? '-',
    });
  });

  it.each(images)('no library function in %s lacks such a comparison', (board) => {
    const rows = new Set(rowsOf(run.stdout).map((line) => line.split(' ')[1]));
    const own = new Set(libraryFunctions(image('conformance')));
    const compared = (name: string): boolean => rows.has(name) && own.has(name);
    const functions = libraryFunctions(board);
    expect(functions).toEqual(expect.arrayContaining(['memcpy', 'qsort', '__aeabi_l2f', '__aeabi_uldivmod']));
    expect(functions.filter((name) => !compared(name) && !elsewhere.some(([names]) => names.test(name)))).toEqual([]);
  });
});
