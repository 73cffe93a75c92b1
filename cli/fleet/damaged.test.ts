/** Files of the operator's memory that are damaged: each is named, with what to do about it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lastSequence, noteSequence } from '../keys/keystore.js';
import { findFleet } from './settings.js';
import { SqliteStore } from './store.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tars-damaged-'));
  mkdirSync(join(folder, 'tars', 'fleets'), { recursive: true });
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('the settings of a fleet', () => {
  writeFileSync(join(folder, 'tars', 'fleets', 'line1.json'), '{');
  expect(() => findFleet({ fleet: undefined, broker: undefined })).toThrow(
    expect.objectContaining({ code: 'bad_settings' }),
  );
});

it('the numbers that bundles got: nothing is written over them', () => {
  writeFileSync(join(folder, 'tars', 'sequences.json'), 'garbage');
  for (const use of [() => lastSequence('robots.example', 0), () => noteSequence('robots.example', 0, 7)]) {
    expect(use).toThrow(expect.objectContaining({ code: 'bad_sequences' }));
  }
});

it('the store, which is only looked at', async () => {
  writeFileSync(join(folder, 'state.db'), 'garbage '.repeat(1000));
  await expect(SqliteStore.look(folder)).rejects.toMatchObject({ code: 'bad_state' });
  expect(readdirSync(folder).sort()).toEqual(['state.db', 'tars']);
});
