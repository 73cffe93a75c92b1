/** The clock of the operator's computer, wrong in either direction, and the way back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rootOf } from '../../ota/host/testing/cast.js';
import { makeRoot, type Root } from '../../ota/host/root.js';
import { checkClock } from './clock.js';

const NOW = Date.UTC(2026, 10, 30);
const DAY = 86_400_000;
const one = rootOf({ alice: ['root', 'release'] }, 1);
const two = (timeS?: number): Root => makeRoot({ ...one, version: 2, ...(timeS !== undefined && { timeS }) });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tars-clock-'));
  process.env['XDG_CONFIG_HOME'] = folder;
});
afterEach(() => rmSync(folder, { recursive: true }));

const says = (
  nowMs: number,
  root = one,
  more: { readonly rollS?: number; readonly isRight?: boolean } = {},
): string => {
  try {
    checkClock({ root, fleet: 'line1', nowMs, rollS: more.rollS, isRight: more.isRight ?? false });
    return 'right';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('goes on, and is taken for wrong when it goes back or jumps', () => {
  expect(says(NOW)).toBe('right');
  expect(says(NOW + 300 * DAY)).toBe('right');
  expect(says(NOW)).toBe('past');
  expect(says(NOW + 800 * DAY)).toBe('future');
  expect(says(NOW + 300 * DAY - 60_000)).toBe('right');
});

it('is compared with the roll where this machine never signed', () => {
  expect(says(NOW, one, { rollS: NOW / 1000 + 86_400 })).toBe('past');
  expect(says(NOW, one, { rollS: NOW / 1000 - 401 * 86_400 })).toBe('future');
  expect(says(NOW, one, { rollS: NOW / 1000 - 86_400 })).toBe('right');
});

it('is right where the user says so, and that is what counts from then on', () => {
  expect(says(NOW + 2000 * DAY)).toBe('right');
  expect(says(NOW)).toBe('past');
  expect(says(NOW, one, { isRight: true })).toBe('right');
  expect(says(NOW)).toBe('right');
});

it('is free again after a root document that sets the time, and after no other', () => {
  expect(says(NOW + 2000 * DAY)).toBe('right');
  expect(says(NOW, two())).toBe('past');
  expect(says(NOW, two(NOW / 1000))).toBe('right');
  expect(says(NOW + DAY, two(NOW / 1000))).toBe('right');
  expect(says(NOW - DAY, two(NOW / 1000))).toBe('past');
});
