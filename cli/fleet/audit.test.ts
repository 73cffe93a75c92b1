import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fromHex } from '../../ota/host/ids.js';
import { compareHeads, logName } from './anchor.js';
import { Audit, readAudit, whoAmI } from './audit.js';

/** Bytes that the disk still takes, and what lay beside the log when it was written last. */
const disk = vi.hoisted(() => ({ room: Infinity, beside: [] as string[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  // Like the kernel: as much as fits, and an error when nothing does.
  const take = (file: number, text: string): number => {
    const bytes = Buffer.from(text).subarray(0, disk.room);
    if (bytes.length === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    disk.room -= bytes.length;
    disk.beside = fs.readdirSync(folder);
    return fs.writeSync(file, bytes);
  };
  return {
    ...fs,
    writeSync: take,
    writeFileSync: (file: number | string, text: string, options?: object) => {
      if (typeof file === 'string') return fs.writeFileSync(file, text, options);
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

it('is one chain, whoever else has it open', () => {
  const path = join(folder, 'audit.jsonl');
  const [a, b] = [new Audit(path), new Audit(path)];
  for (const number of [1, 2, 3]) {
    a.add('send', { number });
    expect(disk.beside.join()).toMatch(/audit\.jsonl\.lock/);
    b.add('command', { number });
  }
  a.close();
  b.close();
  expect(readAudit(path)).not.toHaveProperty('broken');
  expect(readAudit(path).lines.map(({ n, who }) => [n, who])).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, whoAmI()]));
});

it('shows which line does not follow the one before it', () => {
  const path = join(folder, 'audit.jsonl');
  const log = new Audit(path);
  for (const number of [1, 2, 3]) log.add('send', { number });
  log.close();
  writeFileSync(path, readFileSync(path, 'utf8').replace('{"number":2}', '{"number":9}'));
  expect(readAudit(path)).toMatchObject({ broken: 3, lines: [{ n: 1 }, { n: 2 }] });
});

it('shows by its signed head that it was cut, or written anew', () => {
  const path = join(folder, 'audit.jsonl');
  const log = new Audit(path);
  for (const number of [1, 2, 3]) log.add('send', { number });
  log.close();
  const { hashes } = readAudit(path);
  const operator = logName(hashes[0] ?? '');
  const head = { vendor: new Uint8Array(16), fleet: 'line1', timeS: 1, lines: 3, hash: fromHex(hashes[2] ?? '') };
  const compare = (all: readonly string[]): ReturnType<typeof compareHeads> =>
    compareHeads(all, [{ ...head, operator }]);
  expect(compare(hashes)).toEqual({ others: [] });
  expect(compare([...hashes, 'more'])).toEqual({ others: [] });
  expect(compare(hashes.slice(0, 2)).wrong).toMatch(/it had 3 lines/);
  expect(compare([...hashes.slice(0, 1), 'x', 'y', 'z']).wrong).toMatch(/line 3 is another one/);
  expect(compare(['x', 'y', 'z'])).toMatchObject({ others: [{ lines: 3 }] });
});

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
