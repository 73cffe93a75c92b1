/**
 * Frames of the link and the bench: `00 COBS(id seq body crc) 00`; everything else on the wire is the console. The
 * receiver here and the one in the firmware take the same stream apart in the same way, damage included.
 */
import { frame as layout, limits } from '../../hal/contract/index.js';
import { crc32 } from './crc32.js';

/** A frame without its check sum. */
export interface Frame {
  readonly id: number;
  readonly response: boolean;
  readonly seq: number;
  readonly body: Uint8Array;
}

/** Longest body, bytes. */
export const MAX_BODY = limits.frame.value - layout.header - layout.crc;

/** COBS code of a block of 254 bytes that has no zero after it. */
const FULL_BLOCK = 0xff;

/** The bytes of a frame as they go over the wire. Throws RangeError if the body is longer than MAX_BODY. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.body.length > MAX_BODY)
    throw new RangeError(`body of ${frame.body.length} bytes, at most ${MAX_BODY} fit a frame`);
  const size = layout.header + frame.body.length;
  const inner = new Uint8Array(size + layout.crc);
  const view = new DataView(inner.buffer);
  inner[0] = frame.id | (frame.response ? layout.response : 0);
  view.setUint16(1, frame.seq, true);
  inner.set(frame.body, layout.header);
  view.setUint32(size, crc32(inner.subarray(0, size)), true);
  return Uint8Array.from([0, ...stuff(inner), 0]);
}

/** COBS: the bytes without zeros. */
function stuff(bytes: Uint8Array): number[] {
  const out = [0];
  let code = 0;
  for (const byte of bytes) {
    if (out.length - code === FULL_BLOCK) code = closeBlock(out, code);
    if (byte === 0) code = closeBlock(out, code);
    else out.push(byte);
  }
  out[code] = out.length - code;
  return out;
}

/** Writes the code of the open block and opens the next; returns where its code goes. */
function closeBlock(out: number[], code: number): number {
  out[code] = out.length - code;
  return out.push(0) - 1;
}

/** What came out of a stream, in order. */
export type Received =
  { readonly type: 'frame'; readonly frame: Frame } | { readonly type: 'console'; readonly bytes: Uint8Array };

/**
 * Takes a stream apart. A zero that closes a frame which failed may also open the next, so one damaged frame never
 * costs two; a frame longer than the limit is damaged, and what follows is the console until the next zero.
 */
export class FrameReceiver {
  /** Good frames so far. */
  frames = 0;
  /** Frames with a wrong CRC, coding or length so far. */
  damaged = 0;
  private inside = false;
  private left = 0;
  private implied = false;
  private size = 0;
  private readonly bytes = new Uint8Array(limits.frame.value);

  /** Takes the next bytes of the stream, cut anywhere; returns what they completed. */
  push(bytes: Uint8Array): Received[] {
    const received: Received[] = [];
    let start = 0; // of the run of console bytes that is being read
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (!this.inside && byte !== 0) continue;
      if (i > start) received.push({ type: 'console', bytes: bytes.slice(start, i) });
      start = i + 1;
      if (byte !== 0) {
        this.unstuff(byte);
        continue;
      }
      const frame = this.zero();
      if (frame) received.push({ type: 'frame', frame });
    }
    if (bytes.length > start) received.push({ type: 'console', bytes: bytes.slice(start) });
    return received;
  }

  private unstuff(byte: number): void {
    if (this.left > 0) {
      this.left--;
      this.append(byte);
      return;
    }
    if (this.implied) this.append(0);
    this.left = byte - 1;
    this.implied = byte !== FULL_BLOCK;
  }

  private append(byte: number): void {
    if (this.size < this.bytes.length) {
      this.bytes[this.size++] = byte;
      return;
    }
    this.damaged++;
    this.inside = false;
  }

  private zero(): Frame | undefined {
    const empty = !this.inside || (this.size === 0 && this.left === 0 && !this.implied);
    const frame = empty ? undefined : this.complete();
    if (frame) this.frames++;
    else if (!empty) this.damaged++;
    this.inside = !frame;
    this.size = 0;
    this.left = 0;
    this.implied = false;
    return frame;
  }

  private complete(): Frame | undefined {
    const end = this.size - layout.crc;
    if (this.left > 0 || end < layout.header) return undefined;
    const view = new DataView(this.bytes.buffer);
    if (crc32(this.bytes.subarray(0, end)) !== view.getUint32(end, true)) return undefined;
    const first = view.getUint8(0);
    return {
      id: first & ~layout.response,
      response: (first & layout.response) !== 0,
      seq: view.getUint16(1, true),
      body: this.bytes.slice(layout.header, end),
    };
  }
}
