import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Audit, readAudit } from './audit.js';

/** Bytes that the disk still takes. */
const disk = vi.hoisted(() => ({ room: Infinity }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  // Like the kernel: as much as fits, and an error when nothing does.
  const take = (file: number, text: string): number => {
    const bytes = Buffer.from(text).subarray(0, disk.room);
    if (bytes.length === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    disk.room -= bytes.length;
    return fs.writeSync(file, bytes);
  };
  return {
    ...fs,
    writeSync: take,
    writeFileSync: (file: number | string, text: string) => {
      if (typeof file === 'string') return fs.writeFileSync(file, text);
      for (let rest = text; rest !== '';) rest = rest.slice(take(file, rest));
    },
  };
});

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tars-audit-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it.each([0, 1, 40])(
  'stays whole when the disk is full after %i bytes of a line, and goes on when there is room',
  (room) => {
    const path = join(folder, 'audit.jsonl');
    const log = new Audit(path);
    log.add('send', { number: 1 });
    disk.room = room;
    expect(() => log.add('send', { number: 2 })).toThrow('ENOSPC');
    disk.room = Infinity;
    expect(readAudit(path)).toMatchObject({ lines: [{ n: 1 }] });
    log.add('send', { number: 3 });
    log.close();
    expect(readAudit(path)).not.toHaveProperty('broken');
    expect(readAudit(path)).toMatchObject({ torn: false, lines: [{ n: 1 }, { n: 2, details: { number: 3 } }] });
  },
);

it('closes a line that a kill cut off', () => {
  const path = join(folder, 'audit.jsonl');
  for (const number of [1, 2]) {
    const log = new Audit(path);
    log.add('send', { number });
    log.close();
  }
  const file = openSync(path, 'r+');
  ftruncateSync(file, readFileSync(path).length - 9);
  closeSync(file);
  const log = new Audit(path);
  log.add('send', { number: 3 });
  log.close();
  expect(readAudit(path)).not.toHaveProperty('broken');
  expect(readAudit(path).lines).toMatchObject([{ n: 1 }, { n: 2, details: { number: 3 } }]);
});
