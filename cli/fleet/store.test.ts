import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteStore } from './store.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tars-store-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('has the plan that was made last first, whatever the clock of this computer said', async () => {
  const store = await SqliteStore.open(folder);
  // The clock was set back before the second push, and the third is of a new epoch, where numbers start again.
  for (const [epoch, number, startedMs] of [
    [0, 1, 9000],
    [0, 2, 1000],
    [1, 1, 2000],
  ] as const) {
    store.addPlan(
      {
        plan: { epoch, number, digest: '', waves: [], canary: false, abort: { percent: 20, min: 3 }, timeoutMs: 1 },
        kind: 'push',
        bundle: new Uint8Array(),
        image: '',
        label: '',
        startedMs,
        state: 'running',
        reason: '',
      },
      [],
    );
    store.savePlan({ epoch, number } as never, 'done', '');
  }
  expect(store.plans().map(({ plan }) => [plan.epoch, plan.number])).toEqual([
    [1, 1],
    [0, 2],
    [0, 1],
  ]);
  store.close();
});
