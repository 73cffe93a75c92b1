import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameReceiver, MAX_BODY, type Received } from './frame.js';

const frame: fc.Arbitrary<Frame> = fc.record({
  id: fc.integer({ min: 0, max: 127 }),
  response: fc.boolean(),
  seq: fc.integer({ min: 0, max: 65535 }),
  body: fc.oneof(
    fc.uint8Array({ maxLength: MAX_BODY }),
    fc.integer({ min: 240, max: MAX_BODY }).map((size) => new Uint8Array(size).fill(7)),
  ),
});
/** Console text never holds a zero. */
const console_ = fc.uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 40 });

/** The stream in pieces of these sizes, again and again. */
function pieces(stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    out.push(stream.subarray(at, at + size));
    at += size;
  }
  return out;
}

/** Frames and the console text of what was received. */
function sorted(received: readonly Received[]): { frames: Frame[]; text: number[] } {
  return {
    frames: received.flatMap((one) => (one.type === 'frame' ? [one.frame] : [])),
    text: received.flatMap((one) => (one.type === 'console' ? [...one.bytes] : [])),
  };
}

describe('a stream', () => {
  it('comes apart into its frames and its console, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(frame, console_), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
        (parts, sizes) => {
          const stream = Uint8Array.from(
            parts.flatMap((part) => [...(part instanceof Uint8Array ? part : encodeFrame(part))]),
          );
          const receiver = new FrameReceiver();
          const got = sorted(pieces(stream, sizes).flatMap((piece) => receiver.push(piece)));
          expect(got.frames).toEqual(parts.filter((part) => !(part instanceof Uint8Array)));
          expect(got.text).toEqual(parts.flatMap((part) => (part instanceof Uint8Array ? [...part] : [])));
          expect(receiver.damaged).toBe(0);
        },
      ),
    );
  });

  it('loses only the frame that is damaged, and never takes it for another', () => {
    fc.assert(
      fc.property(
        frame,
        frame,
        frame,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (before, hit, after, place, flip) => {
          const wire = encodeFrame(hit);
          wire[place % wire.length] = (wire[place % wire.length] ?? 0) ^ flip;
          const receiver = new FrameReceiver();
          const { frames } = sorted([
            ...receiver.push(encodeFrame(before)),
            ...receiver.push(wire),
            ...receiver.push(encodeFrame(after)),
          ]);
          // A zero at either end shared with a neighbour makes the damage harmless.
          expect(frames.length === 2 ? [before, after] : [before, hit, after]).toEqual(frames);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives anything, and the next frame gets through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), frame, (noise, last) => {
        const receiver = new FrameReceiver();
        receiver.push(noise);
        expect(sorted(receiver.push(encodeFrame(last))).frames.at(-1)).toEqual(last);
      }),
    );
  });
});

describe('a body', () => {
  it('has no zero inside its frame, which is as long as promised', () => {
    fc.assert(
      fc.property(frame, (one) => {
        const wire = encodeFrame(one);
        expect(wire.subarray(1, -1).indexOf(0)).toBe(-1);
        expect(wire.length).toBeLessThanOrEqual(one.body.length + 7 + Math.floor((one.body.length + 7) / 254) + 3);
      }),
    );
  });

  it('beyond the limit is refused', () => {
    expect(() => encodeFrame({ id: 1, response: false, seq: 1, body: new Uint8Array(MAX_BODY + 1) })).toThrow(
      RangeError,
    );
  });
});
