/** Somebody holds the board's serial port open and reads nothing: a terminal that is stopped with Ctrl-Z. */
import { closeSync, mkdtempSync, openSync, constants, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LinkClient } from '../../cli/transport/link.js';
import { SerialTransport } from '../../cli/transport/serial.js';
import { tars } from '../program.js';
import { COUNTER_US, lacking, openBoard, SWIFT, until } from './board.js';

/** More than the pseudo-terminal holds in less than a second. */
const TALKER = `behaviour talker
  message N { n: i32 }
  publish out: N = "out" max 500Hz
  var n: i32 = 0
  every 4ms { n += 1; out.send({ n }) }`;
/** Both expiries of the watchdog, and as long again. */
const UNREAD_US = 16_000_000;

describe.skipIf(lacking)('a serial port that nobody reads', { timeout: 120_000 }, () => {
  it('is no reason for the watchdog to restart the board', async () => {
    const state = mkdtempSync(join(tmpdir(), 'tars-unread-'));
    const before = await openBoard({ state, store: true });
    await before.rig.install([tars(TALKER)]);
    await before.close();
    const { rig, qmp, close } = await openBoard({ state, serial: true, arguments: SWIFT });
    const pty = rig.process.ready.pty ?? '';
    try {
      await rig.link.request('subscribe', { topic: 'out', on: true });
      const unread = openSync(pty, constants.O_RDWR | constants.O_NOCTTY);
      await rig.link.close();
      const since = await qmp.word(COUNTER_US);
      // The counter would begin anew if the watchdog restarted the board: then it never comes so far.
      await until(
        () => qmp.word(COUNTER_US),
        (us) => us > since + UNREAD_US,
      );
      const link = new LinkClient(new SerialTransport(pty));
      const { boot } = await link.connect();
      expect(boot, 'it was reset').toBe(rig.hello.boot);
      closeSync(unread);
      await link.close();
    } finally {
      await close();
      rmSync(state, { recursive: true, force: true });
    }
  });
});
