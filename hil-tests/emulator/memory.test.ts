/** A guest's linear memory has the bytes of its manifest, on the 32-bit board as on the host, and costs no more. */
import { describe, expect, it } from 'vitest';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { lacking, openBoard, until } from './board.js';

/** Not a multiple of a page of any kind, but of 8. */
const BYTES = 2160;
const MESSAGES = 4;
/** Bytes of an arena that a module of this size may take beside its memory. */
const ARENA = 4096;

/**
 * Stores a byte at an address when a message comes: one that traps by itself may do so before the host has confirmed
 * the app.
 */
const writer = (name: string, address: number): Uint8Array =>
  handmade(
    `(module
  (memory 1 1)
  (func (export "r") (param i32 i32)
    (if (local.get 0) (then (i32.store8 (i32.const ${address}) (i32.const 1))))))`,
    {
      name,
      uses: [[11, 'go', 'n:i32', MESSAGES]],
      sources: [[2, 0]],
      bounds: [64, BYTES, 0, 0, 0, 0],
      restart: [1000, 2],
    },
  );

describe.skipIf(lacking)('memory of a guest on the emulated Cortex-M7', () => {
  it('its last byte is its own, the next one traps', async () => {
    const { rig, close } = await openBoard();
    try {
      await rig.install([writer('inside', BYTES - 1), writer('outside', BYTES)]);
      for (let n = 0; n < MESSAGES; n++) await rig.publish('go', [n]);
      await until(
        () => rig.status('outside'),
        ({ faults }) => faults > 0,
      );
      expect(await rig.status('outside')).toMatchObject({ fault: 96 });
      await until(
        () => rig.stats('inside'),
        ({ reactions }) => reactions > MESSAGES,
      );
      expect((await rig.link.request('stats', { behaviour: 'inside' })).arena).toBeLessThan(BYTES + ARENA);
      expect(await rig.status('inside')).toEqual({ status: 'running', fault: 0, faults: 0 });
    } finally {
      await close();
    }
  });
});
