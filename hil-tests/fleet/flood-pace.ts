/** Bytes that are repeated at a pace. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

const SLICE_MS = 10;
/** Bytes at once where there is no pace. */
const AT_ONCE = 65_536;
/** A loaded computer that comes too late makes up for so much, and no more. */
const LATE_MS = 100;

export class Pace {
  private begun = performance.now();
  private given = 0;

  /** `rate`: bytes a second, or Infinity. What is repeated is never cut. */
  constructor(
    private readonly rate: number,
    private readonly bytes: Buffer,
  ) {}

  /** The next portion, when its time has come. */
  async next(): Promise<Buffer> {
    if (this.rate === Infinity) {
      await turn();
      return this.repeated(AT_ONCE);
    }
    await sleep(SLICE_MS);
    const late = performance.now() - this.begun - (this.given / this.rate) * 1000 - LATE_MS;
    if (late > 0) this.begun += late;
    const due = ((performance.now() - this.begun) * this.rate) / 1000 - this.given;
    if (due < this.bytes.length) return this.next();
    const portion = this.repeated(due);
    this.given += portion.length;
    return portion;
  }

  private repeated(size: number): Buffer {
    return Buffer.concat(Array<Buffer>(Math.max(1, Math.floor(size / this.bytes.length))).fill(this.bytes));
  }
}
