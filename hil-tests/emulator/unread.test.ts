/** Somebody holds the board's serial port open and reads nothing: a terminal that is stopped with Ctrl-Z. */
import { closeSync, openSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LinkClient } from '../../cli/transport/link.js';
import { SerialTransport } from '../../cli/transport/serial.js';
import { tars } from '../program.js';
import { lacking, openBoard } from './board.js';

/** More than the pseudo-terminal holds in less than a second. */
const TALKER = `behaviour talker
  message N { n: i32 }
  publish out: N = "out" max 1000Hz
  var n: i32 = 0
  every 2ms { n += 1; out.send({ n }) }`;
/** Both expiries of the watchdog, and as long again. */
const UNREAD_MS = 16_000;

describe.skipIf(lacking)('a serial port that nobody reads', { timeout: 120_000 }, () => {
  it('is no reason for the watchdog to restart the board', async () => {
    const { rig, close } = await openBoard({ serial: true });
    const pty = rig.process.ready.pty ?? '';
    try {
      await rig.install([tars(TALKER)]);
      await rig.link.request('subscribe', { topic: 'out', on: true });
      const { time } = await rig.link.request('board', {});
      const unread = openSync(pty, constants.O_RDWR | constants.O_NOCTTY);
      await rig.link.close();
      await sleep(UNREAD_MS);
      const link = new LinkClient(new SerialTransport(pty));
      await link.connect();
      closeSync(unread);
      expect((await link.request('board', {})).time, 'it was reset').toBeGreaterThan(time + (1000 * UNREAD_MS) / 2);
      await link.close();
    } finally {
      await close();
    }
  });
});
