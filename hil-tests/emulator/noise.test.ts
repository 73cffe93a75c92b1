/**
 * Requests over a line with noise, through the pseudo-terminal: each takes effect exactly once, and no answer is wrong.
 */
import { describe, expect, it } from 'vitest';
import { LinkClient } from '../../cli/transport/link.js';
import { SerialTransport } from '../../cli/transport/serial.js';
import type { Transport } from '../../cli/transport/transport.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { tars } from '../program.js';
import { lacking, openBoard } from './board.js';

const FRAMES = runs({ full: 10_000, short: 250 });
/** One chunk in so many is spoilt, each way. */
const SPOILT = 50;
/** Requests at a time: half of what the behaviour's queue holds. */
const PACE = 4;
const RETRY = { timeoutMs: 150, attempts: 40 } as const;

/** Adds up what it hears; the sums are read back as messages of its own. */
const COUNTER = `behaviour counter
  message N { n: i32 }
  message Sum { count: i32, sum: i32 }
  subscribe numbers: N = "numbers" queue 8
  publish out: Sum = "sums" max 1000Hz
  var count: i32 = 0
  var sum: i32 = 0
  on numbers { count += 1; sum += numbers.n; out.send({ count, sum }) }`;

/** Spoils bytes in both directions; the same noise in every run. */
class Noisy extends SerialTransport {
  spoilt = 0;
  private state = 1;

  private random(below: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) >>> 0;
    return (this.state >>> 8) % below;
  }

  private spoil(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0 || this.random(SPOILT) > 0) return bytes;
    this.spoilt++;
    const at = this.random(bytes.length);
    const how = this.random(3);
    if (how === 0) return bytes.map((byte, i) => (i === at ? byte ^ (1 << this.random(8)) : byte));
    if (how === 1) return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
    return Uint8Array.from([...bytes.subarray(0, at), this.random(256), ...bytes.subarray(at)]);
  }

  override write(bytes: Uint8Array): Promise<void> {
    return super.write(this.spoil(bytes));
  }

  override onData(listener: Parameters<Transport['onData']>[0]): void {
    super.onData((bytes) => listener(this.spoil(bytes)));
  }
}

describe.skipIf(lacking)('noise on the serial line of the emulated Cortex-M7', { timeout: 900_000 }, () => {
  it(`loses and doubles none of ${FRAMES} requests`, async () => {
    const { rig, close } = await openBoard({ serial: true });
    const pty = rig.process.ready.pty ?? '';
    try {
      await rig.install([tars(COUNTER)]);
      await rig.link.close();
      const line = new Noisy(pty);
      const link = new LinkClient(line);
      await link.connect();
      let sum = 0;
      for (let n = 1; n <= FRAMES; n++) {
        await link.request('publish', { topic: 'numbers', fields: [n] }, RETRY);
        sum += n;
        // The emulator's serial line is as fast as the host: without a wait it can outrun the behaviour, whose queue is
        // full then.
        while (n % PACE === 0 && (await link.request('stats', { behaviour: 'counter' }, RETRY)).events <= n);
      }
      const { damaged, frames } = await link.request('board', {}, RETRY);
      await link.close();
      const quiet = new LinkClient(new SerialTransport(pty));
      await quiet.connect();
      const heard: number[][] = [];
      quiet.on('message', ({ fields }) => heard.push(fields.map(Number)));
      await quiet.request('subscribe', { topic: 'sums', on: true });
      await quiet.request('publish', { topic: 'numbers', fields: [0] });
      while (heard.length === 0) await quiet.request('board', {});
      await quiet.close();
      report('noise on the line', {
        requests: FRAMES,
        spoilt: line.spoilt,
        'frames at the board': frames,
        'damaged there': damaged,
      });
      expect(heard[0]).toEqual([FRAMES + 1, sum]);
      expect(line.spoilt).toBeGreaterThan(FRAMES / SPOILT);
      expect(damaged).toBeGreaterThan(0);
    } finally {
      await close();
    }
  });
});
