/** The smallest image for the Cortex-M7: one serial port, no network, no bench. It takes an app into its store, runs it, and keeps it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install } from '../../cli/install.js';
import { readRows } from '../../cli/rows.js';
import { type Hello, LinkClient } from '../../cli/transport/link.js';
import { SerialTransport } from '../../cli/transport/serial.js';
import { startEmulatorAttached } from '../../cli/virtual/emulator.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { projectRoot } from '../description.js';
import { example } from '../program.js';
import { lacking, until } from './board.js';

const image = `${projectRoot}build/firmware-qemu-m7-smallest/ports/freertos/tars-board-smallest.elf`;
/** Register of the lamps. */
const LED = 0x40028000;

describe.skipIf(lacking || !existsSync(image))('the smallest image on the emulated Cortex-M7', { timeout: 180_000 }, () => {
  it('runs blink and servo from its store, before and after a reset', async () => {
    const state = mkdtempSync(join(tmpdir(), 'tars-smallest-'));
    const board = await startEmulatorAttached({ image, state, name: 'small', clock: 'real' });
    const linked = async <T>(work: (link: LinkClient, hello: Hello) => Promise<T>): Promise<T> => {
      const link = new LinkClient(new SerialTransport(board.pty ?? ''));
      try {
        return await work(link, await link.connect());
      } finally {
        await link.close();
      }
    };
    const qmp = await Qmp.connect(board.qmp);
    const blinks = async (): Promise<void> => {
      for (const level of [1, 0, 1]) await until(() => qmp.word(LED), (word) => (word & 1) === level);
    };
    try {
      const modules = [example('blink/blink.tars'), example('servo/servo.tars')];
      const boot = await linked(async (link, hello) => {
        await install({ link, hello }, { class: hello.class, modules }, { store: true });
        return hello.boot;
      });
      await blinks();
      await qmp.execute('system_reset');
      await until(() => linked((_, hello) => Promise.resolve(hello.boot)), (now) => now !== boot);
      expect(await linked(async (link) => (await readRows(link, 'list')).map(({ faults }) => faults))).toEqual([0, 0]);
      await blinks();
    } finally {
      qmp.close();
      await board.stop();
      rmSync(state, { recursive: true, force: true });
    }
  });
});
