/**
 * The emulated board, in the middle of an update: its broker is started anew, its network is cut. It gets on by itself,
 * and runs and answers meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Qmp } from '../../cli/virtual/qmp.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { EmulatedStage, lacking } from './emulated-stage.js';

const CUT_S = runs({ full: 60, short: 3 });
/** QEMU's name of the board's network interface. */
const INTERFACE = 'lan9118.0';

describe.skipIf(lacking)('the way between the emulated board and its broker', { timeout: 300_000 }, () => {
  let stage: EmulatedStage;
  beforeAll(async () => {
    stage = await EmulatedStage.open();
  });
  afterAll(async () => {
    await stage?.close();
  });

  /** Pushes an update during which something happens; the board is neither reset nor moved to do anything. */
  async function disturbed(what: string, disturb: () => Promise<void>): Promise<void> {
    const begun = (await stage.board.rig.link.request('board', {})).time;
    let start: () => void = () => undefined,
      atMs = NaN;
    const done = new Promise<void>((resolve, reject) => {
      start = () => {
        atMs = performance.now();
        disturb().then(resolve, reject);
      };
    });
    const update = await stage.push(() => {
      start();
    });
    try {
      await done;
      await stage.settle(update);
      report(`${what} in the middle of an update`, {
        'seconds from then to the commit': (performance.now() - atMs) / 1000,
      });
      expect((await stage.board.rig.link.request('board', {})).time, 'it was reset').toBeGreaterThan(begun);
    } finally {
      update.end();
    }
  }

  /** The board answers over its link and its app runs, until the time is over. */
  async function cutFor(seconds: number): Promise<void> {
    const running = await stage.behaviours();
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100))
      expect(await stage.behaviours()).toEqual(running);
  }

  it.each(['SIGTERM', 'SIGKILL'] as const)('its broker ends with %s and is started again', async (signal) => {
    await disturbed(`broker ended with ${signal}`, async () => {
      await stage.broker.end(signal);
      await stage.broker.resume();
    });
  });

  it(`nothing passes between the two for ${CUT_S} s`, async () => {
    await disturbed(`connection silent for ${CUT_S} s`, async () => {
      stage.cutter.stall();
      await cutFor(CUT_S);
      stage.cutter.heal();
    });
  });

  it(`its cable is out for ${CUT_S} s`, async () => {
    const qmp = await Qmp.connect(stage.board.rig.process.ready.qmp ?? '');
    const plug = (up: boolean): Promise<unknown> => qmp.execute('set_link', { name: INTERFACE, up });
    try {
      await disturbed(`cable out for ${CUT_S} s`, async () => {
        await plug(false);
        await cutFor(CUT_S);
        await plug(true);
      });
    } finally {
      qmp.close();
    }
  });
});
