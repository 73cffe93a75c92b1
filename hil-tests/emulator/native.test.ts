/**
 * A native block at 1 kHz, in an interrupt above the kernel, while behaviours spin, trap and are swapped, and signed
 * bundles are verified all the time: one that is right brings each swap, and between them come some with a wrong
 * signature, which is seen only at the end of the whole computation. It is never late. Late: the handler starts more
 * than 10 us, 1,250 instructions of the emulator's 125 million a second, after it was due. The board is at no network.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { installBundle } from '../../cli/device/install.js';
import { BoardError } from '../../cli/transport/client.js';
import { upload } from '../../cli/device/upload.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { Owner, signer } from '../fleet/operator.js';
import { tars } from '../program.js';
import type { BoardRig } from '../board-rig.js';
import { addressOf, COUNTER_US, lacking, openBoard } from './board.js';

const SECONDS = runs({ full: 60, short: 2 });
const SWAP_US = 100_000;
/** An instruction is 8 ns, a tick of the block's counter 40. */
const TICK_INSTRUCTIONS = 5;
const PERIOD_US = 1000;

/** A behaviour that traps in every reaction. Each version begins with no fault, so restarts stay frequent. */
const trapper = (version: number): Uint8Array =>
  handmade(
    `(module (global i32 (i32.const ${version}))
      (func (export "r") (param i32 i32) (if (local.get 0) (then (unreachable)))))`,
    { name: 'trapper', sources: [[0, 20_000]], restart: [10, 0] },
  );

/** Begins an endless reaction, over and over. */
const spinning = (version: number): Uint8Array =>
  handmade(
    `(module (global i32 (i32.const ${version}))
      (func (export "r") (param i32 i32) (if (local.get 0) (then (loop $for_ever (br $for_ever))))))`,
    { name: 'spinning', sources: [[0, 30_000]], restart: [10, 0] },
  );

const swapped = (version: number): Uint8Array =>
  tars(`behaviour swapped
  use led: gpio.out = board.LED
  var version: i32 = ${version}
  every 10ms { led.toggle(); version += 0 }`);

/**
 * Sends signed bundles over the link of a board that it makes its owner's. They are made before: the board's time goes
 * on while the host computes.
 */
class Bundles {
  private readonly owner = new Owner();
  private readonly ready: ReturnType<Owner['bundle']>[];
  /** A bundle whose signature does not fit the key that it names. */
  private readonly forged: Uint8Array;
  swaps = 0;
  reverted = 0;
  refused = 0;

  constructor(
    private readonly rig: BoardRig,
    count: number,
  ) {
    const boardClass = rig.hello.class;
    this.ready = Array.from({ length: count }, (_, i) =>
      this.owner.bundle([spinning(i), trapper(i), swapped(i)], { number: i + 1, class: boardClass }),
    );
    this.forged = this.owner.bundle([swapped(0)], {
      number: count + 1,
      class: boardClass,
      by: { ...signer(), publicKey: this.owner.keys.release.publicKey },
    }).bytes;
  }

  async own(): Promise<void> {
    await upload(this.rig.link, 'root', this.owner.rootDocument());
  }

  /**
   * The next app: verified, stored, swapped, confirmed; unless one of those that misbehave did so in that moment of
   * trial: then it is swapped back.
   */
  async swap(): Promise<void> {
    const { link, hello } = this.rig;
    const next = this.ready[this.swaps++];
    if (!next) throw new Error('too few bundles were made');
    try {
      await installBundle(
        { link, hello },
        {
          ...next,
          confirm: async () => {
            await link.request('install.confirm', {});
          },
        },
      );
    } catch (error) {
      if (!(error instanceof BoardError) || !['trap', 'budget'].includes(error.code)) throw error;
      this.reverted++;
    }
  }

  async refuse(): Promise<void> {
    const code = await upload(this.rig.link, 'bundle', this.forged).then(
      () => 'none',
      (error: unknown) => (error instanceof BoardError ? error.code : String(error)),
    );
    expect(code).toBe('bad_signature');
    this.refused++;
  }
}

/** Bytes a second on a line of 115,200 Baud, and how long it is fed, in microseconds of the board. */
const RATE = 11_520;
const FED_US = 200_000;

/**
 * The bench feeds the link's line by the timer of the native block, and gives it back: hil-tests/fleet/flood.test.ts
 * floods boards with that. The bytes come at their rate by the board's clock, none is lost, and the link answers.
 */
async function feed(rig: BoardRig): Promise<void> {
  const line = (rate: number): Promise<{ fed: number; lost: number }> =>
    rig.control.request('line.feed', { rate, data: Buffer.from('half a frame\n\0\x05half') });
  const time = async (): Promise<number> => (await rig.control.request('hello', { nonce: randomInt(2 ** 32) })).time;
  await expect(line(1_000_000)).rejects.toMatchObject({ code: 'range' });
  const first = await time();
  await line(RATE);
  const begun = await time();
  while ((await rig.link.request('board', {})).time < begun + FED_US);
  const end = await time();
  const { fed, lost } = await line(0);
  const last = await time();
  expect(lost).toBe(0);
  expect(fed).toBeGreaterThan(((end - begun) * RATE) / 1e6 - 2);
  expect(fed).toBeLessThan(((last - first) * RATE) / 1e6 + 2);
}

describe.skipIf(lacking)('the native block on the emulated Cortex-M7', { timeout: 3_600_000 }, () => {
  it(
    `starts in time for ${SECONDS} simulated seconds while one behaviour spins, one traps, one is swapped and ` +
      'bundles are verified',
    async () => {
      const { rig, qmp, close } = await openBoard({ busy: true, store: true });
      const at = addressOf('tars_native_block');
      // The emulator stands still meanwhile, so that the figures are of one moment.
      const figures = async (): Promise<number[]> => {
        await qmp.execute('stop');
        const words = [await qmp.word(at), await qmp.word(COUNTER_US), await qmp.word(at + 4), await qmp.word(at + 8)];
        await qmp.execute('cont');
        return words;
      };
      const now = async (): Promise<number> => (await rig.link.request('board', {})).time;
      try {
        const bundles = new Bundles(rig, 2 + (SECONDS * 1e6) / SWAP_US);
        await bundles.own();
        await bundles.swap();
        const [turns = 0, begunUs = 0] = await figures();
        const begun = await now();
        for (let us = begun; us < begun + SECONDS * 1e6; us = await now()) {
          if (us >= begun + bundles.swaps * SWAP_US) await bundles.swap();
          else await bundles.refuse();
        }
        const { abandoned } = await rig.link.request('board', {});
        // Each swap brings a new one, which traps soon.
        const traps = async (): Promise<number> => (await rig.status('trapper')).faults;
        await expect.poll(traps).toBeGreaterThan(0);
        const faults = await traps();
        const [after = 0, endUs = 0, late, worst = 0] = await figures();
        const { swaps, refused, reverted } = bundles;
        report('native block at 1 kHz', {
          seconds: (endUs - begunUs) / 1e6,
          turns: after - turns,
          late: late ?? NaN,
          'worst lateness in cycles (instructions), at most': (worst + 1) * TICK_INSTRUCTIONS - 1,
          'in ticks of 40 ns': worst,
          'swaps by a signed bundle': swaps,
          'of them back at once': reverted,
          'bundles verified': swaps + refused,
          spins: abandoned,
          traps: faults,
        });
        expect(late).toBe(0);
        expect(endUs - begunUs).toBeGreaterThanOrEqual(SECONDS * 1e6);
        expect(Math.abs(after - turns - (endUs - begunUs) / PERIOD_US), 'turns that are missing').toBeLessThanOrEqual(
          1,
        );
        expect(swaps).toBeGreaterThan(SECONDS);
        expect(refused + swaps).toBeGreaterThan(2 * SECONDS);
        expect(abandoned).toBeGreaterThan(SECONDS);
        await feed(rig);
        const [given = 0] = await figures();
        await expect.poll(async () => (await figures())[0]).toBeGreaterThan(given + 10);
      } finally {
        await close();
      }
    },
  );
});
