/**
 * The worker's stack on the Cortex-M7: the engine knows where it ends, a guest that calls itself for ever traps, and
 * all that guests and their host calls put there leaves the guard unused.
 */
import { describe, expect, it } from 'vitest';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { example } from '../program.js';
import { addressOf, lacking, openBoard, until } from './board.js';

/** What FreeRTOS fills a stack with. */
const FILL = 0xa5a5a5a5;
/** Bytes of the worker's stack that nothing may have touched. */
const SPARE = 512;
/**
 * When a message comes the guest does this for ever, deeper and deeper: one that traps by itself may do so before the
 * host has confirmed the app.
 */
const deep = (
  name: string,
  body: string,
  calls: readonly number[],
  uses: readonly (readonly (string | number)[])[],
): Uint8Array =>
  handmade(
    `(module
    (import "t" "1" (func $toggle (param i32)))
    (func $down (param i32) ${body} (call $down (i32.add (local.get 0) (i32.const 1))))
    (func (export "r") (param i32 i32) (if (local.get 0) (then (call $down (i32.const 0))))))`,
    {
      name,
      calls: [...calls],
      uses: [...uses.map((use) => [...use]), [11, 'go', 'n:i32']],
      sources: [[2, uses.length]],
      restart: [1000, 2],
    },
  );

describe.skipIf(lacking)("the worker's stack on the emulated Cortex-M7", { timeout: 180_000 }, () => {
  it('recursion without end traps, with and without host calls, and leaves the guard alone', async () => {
    const { rig, qmp, close } = await openBoard();
    try {
      const lowest = addressOf('worker_stack');
      expect(await qmp.word(addressOf('native_boundary'))).toBe(lowest);
      await rig.install([
        deep('plain', '', [1], [[1, 'LED']]),
        deep('calling', '(call $toggle (i32.const 0))', [1], [[1, 'LED2']]),
        example('kalman/kalman.tars'),
      ]);
      await rig.publish('go', [1]);
      for (const name of ['plain', 'calling'])
        expect(
          (
            await until(
              () => rig.status(name),
              ({ faults }) => faults > 0,
            )
          ).fault,
        ).toBe(96);
      await until(
        () => rig.stats('plain'),
        ({ reactions }) => reactions > 0,
      );
      let untouched = 0;
      while ((await qmp.word(lowest + untouched)) === FILL) untouched += 4;
      process.stdout.write(`worker's stack: ${untouched} bytes were never touched\n`);
      expect(untouched).toBeGreaterThanOrEqual(SPARE);
    } finally {
      await close();
    }
  });
});
