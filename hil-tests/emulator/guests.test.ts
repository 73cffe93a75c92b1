/**
 * Guests on the Cortex-M7, one after the other on one board that has no broker: its agent sleeps; a guest's linear
 * memory has the bytes of its manifest, as on the host, and costs no more; the engine knows where the worker's stack
 * ends, a guest that calls itself for ever traps, and all that guests and their host calls put there leaves the guard
 * unused.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { example } from '../program.js';
import { addressOf, type EmulatedBoard, lacking, openBoard, until } from './board.js';

const LOOKS = 40,
  LOOK_MS = 7;
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

/** What FreeRTOS fills a stack with. */
const FILL = 0xa5a5a5a5;
/** Bytes of the worker's stack that nothing may have touched. */
const SPARE = 512;
/** When a message comes the guest does this for ever, deeper and deeper. */
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

describe.skipIf(lacking)('guests on the emulated Cortex-M7', { timeout: 180_000 }, () => {
  let board: EmulatedBoard;
  beforeAll(async () => {
    board = await openBoard();
  });
  afterAll(async () => {
    await board?.close();
  });

  it("the agent of a board without a broker doesn't look at its network a thousand times a second", async () => {
    const { qmp } = board;
    const [next, now] = [addressOf('xNextTaskUnblockTime'), addressOf('xTickCount')];
    let asleep = 0;
    for (let i = 0; i < LOOKS; i++, await sleep(LOOK_MS)) {
      await qmp.execute('stop'); // both words of one moment
      const ahead = (await qmp.word(next)) - (await qmp.word(now));
      await qmp.execute('cont');
      if (ahead > 2) asleep++;
    }
    // The agent's pacer wakes after 3 and after 7 of every 10 ms, so 6 of 10 looks find more than 2 ms ahead: 24 of 40,
    // and by chance fewer than 9 in less than one run of a million. A task that wakes every millisecond leaves none.
    expect(asleep, 'looks at which no task was to wake within 2 ms').toBeGreaterThan(LOOKS / 5);
  });

  it('the last byte of its memory is its own, the next one traps', async () => {
    const { rig } = board;
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
  });

  it('recursion without end traps, with and without host calls, and leaves the guard alone', async () => {
    const { rig, qmp } = board;
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
  });
});
