/** Resets of the virtual board in a trial, none of which is the app's doing: the trial goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { tars } from '../program.js';
import { beginTrial, running } from '../trial.js';

const { wires } = loadDescription('virtual');
const lamp = tars(`behaviour lamp
  use led: gpio.out = pin("${wires['led'] ?? ''}")
  every 20ms { led.set(true) }`);
const busy = tars(`behaviour busy
  use led: gpio.out = pin("${wires['led2'] ?? ''}")
  every 1ms { led.toggle() }`);
const app = [lamp, busy];
const PATIENCE = { timeout: 20_000 };

it('goes on with a trial after loss of power, a command and the end of the process', { timeout: 60_000 }, async () => {
  const state = mkdtempSync(join(tmpdir(), 'tars-resets-'));
  const open = (): Promise<BoardRig> => BoardRig.open(loadDescription('virtual'), { realTime: true, state });
  let rig = await open();
  try {
    await rig.install([lamp]);
    await beginTrial(rig, app);
    expect(await running(rig.link)).toEqual(['lamp', 'busy (trial)']);
    const before = rig.hello.boot;
    for (let times = 0; times < 2; times++) {
      await rig.power();
      expect(await running(rig.link)).toEqual(['lamp', 'busy (trial)']);
      await rig.link.request('reset', {});
      const there = (): Promise<boolean> =>
        rig.link.request('board', {}, { attempts: 1 }).then(
          () => true,
          () => false,
        );
      await expect.poll(there, PATIENCE).toBe(false); // the process has replaced itself
      rig = (await rig.close('kill'), await open());
      expect(await running(rig.link)).toEqual(['lamp', 'busy (trial)']);
    }
    expect(rig.hello.boot).toBeGreaterThanOrEqual(before + 4);
    await rig.link.request('install.confirm', {});
    expect(await running(rig.link)).toEqual(['lamp', 'busy']);
  } finally {
    await rig.close('kill');
    rmSync(state, { recursive: true, force: true });
  }
});
