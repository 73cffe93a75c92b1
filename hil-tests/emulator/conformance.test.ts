/** The C suite that every port runs, as an image of its own; its exit code is the emulator's. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../description.js';
import { lacking } from './board.js';

const FLASH_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

describe.skipIf(lacking)('conformance of the FreeRTOS port', { timeout: 2 * TIMEOUT_MS }, () => {
  it('peripherals, store, tasks, entropy and stream are as core and agent need them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tars-conformance-'));
    try {
      const flash = join(folder, 'flash.bin');
      const file = openSync(flash, 'w');
      ftruncateSync(file, FLASH_BYTES);
      closeSync(file);
      const { status, stdout } = spawnSync(
        process.execPath,
        [
          join(projectRoot, 'firmware/test/conformance/peer.mjs'),
          'qemu-system-arm',
          '-M',
          'mps2-an500,memory-backend=flash',
          '-object',
          `memory-backend-file,id=flash,size=${FLASH_BYTES},mem-path=${flash},share=on`,
          '-icount',
          'shift=3',
          '-kernel',
          join(projectRoot, 'build/firmware-qemu-m7/ports/freertos/conformance.elf'),
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
      expect(stdout).toMatch(/conformance: \d{3,} checks, 0 failed/);
      expect(stdout).not.toContain('left out');
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
