import { expect, it } from 'vitest';
import type { Step, StepState } from '../../ota/operator/rollout.js';
import { fetchNote, lostNote } from './lost.js';

const plan = { epoch: 0, number: 7, digest: 'ab', waves: [], canary: false, limit: 0 } as never;
const step = (device: string, state: StepState): Step => ({
  device,
  wave: 0,
  state,
  sinceMs: 0,
  code: 0,
  behaviour: '',
  detail: '',
});
const note = (steps: readonly Step[], kept: readonly string[]): string | undefined =>
  lostNote({ plan, kind: 'push' }, steps, {
    desired: (device) => (kept.includes(device) ? {} : undefined),
    nameOf: (device) => device.toUpperCase(),
  });

it('names a push that waits for devices at a broker that has forgotten it', () => {
  expect(note([step('a', 'committed'), step('b', 'sent'), step('c', 'sent')], [])).toMatch(
    /bundle 7 .*B and 1 more.*`tars ota push` again/,
  );
});

it('says nothing of what the broker keeps, or of devices that need nothing more', () => {
  expect(note([step('a', 'committed'), step('b', 'sent'), step('c', 'reverted')], ['b'])).toBeUndefined();
});

it('says who must be there when a device comes for an app that is not in its bundle', () => {
  const upper = (device: string): string => device.toUpperCase();
  expect(fetchNote([step('a', 'committed'), step('b', 'sent')], upper)).toMatch(/B will ask .*`tars fleet watch`/);
  expect(fetchNote([step('a', 'committed')], upper)).toBeUndefined();
});
