/** The clock of the operator's computer, wrong in either direction, and the way back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { limits } from '../../hal/contract/index.js';
import { isRefused } from '../../ota/host/envelope.js';
import { signFleet, verifyBeacon } from '../../ota/host/signed.js';
import { keys, rootOf } from '../../ota/host/testing/cast.js';
import { bodies } from '../../ota/host/testing/fleet-cases.js';
import { makeRoot, type Root } from '../../ota/host/root.js';
import { report } from '../../sdk/testing/figures.js';
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

/** What a board says of a time that somebody signs after it has seen NOW, and NOW again once it has taken that. */
const boardSays = (timeS: number): [string, string] => {
  const root = rootOf({ olga: ['operator'] }, 1);
  const nonce = bodies.beacon.nonce;
  const verdict = (time: number, seenS: number): string => {
    const bytes = signFleet('beacon', { ...bodies.beacon, time, expiry: time + 60 }, [keys.olga]);
    const beacon = verifyBeacon(bytes, { root, device: bodies.beacon.device, nonce, timeS: seenS });
    return isRefused(beacon) ? beacon.error : 'right';
  };
  const first = verdict(timeS, NOW / 1000);
  return [first, verdict(NOW / 1000, first === 'right' ? timeS : NOW / 1000)];
};

const YEARS = limits.time_jump_s.value / 86_400;
it.each([
  [-YEARS, 'past', 'past', 'right'],
  [-1, 'past', 'past', 'right'],
  [1, 'right', 'right', 'past'],
  [399, 'right', 'right', 'past'],
  [401, 'future', 'right', 'past'],
  [YEARS, 'future', 'right', 'past'],
  [YEARS + 1, 'future', 'future', 'right'],
  [100 * YEARS, 'future', 'future', 'right'],
])('that jumps by %d days: the computer says %s, a board that is sent it all the same %s', (days, ...expected) => {
  expect(says(NOW)).toBe('right');
  const computer = says(NOW + days * DAY);
  const [board, then] = boardSays(NOW / 1000 + days * 86_400);
  expect([computer, board, then]).toEqual(expected);
  // What was signed with a wrong clock that somebody vouched for is taken back by a root document that sets the time.
  expect(says(NOW + days * DAY, one, { isRight: true })).toBe('right');
  const locked = says(NOW);
  const back = says(NOW, two(NOW / 1000));
  expect(back).toBe('right');
  report(`the clock jumps by ${days} days`, {
    'this computer says': computer,
    'a board says': board,
    'a board says of the right time after it': then,
    'this computer says of the right time after --clock-is-right': locked,
    'after a root document that sets the time': back,
  });
});
