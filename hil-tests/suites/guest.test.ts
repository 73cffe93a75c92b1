/** A behaviour in C, built by the command in the generated header, on every rig. */
import { expect, it } from 'vitest';
import { verify } from '../../sdk/image/index.js';
import { buildGuest, hasClang } from '../c-guest.js';
import { advance, expectPin, ms, suite } from '../suite.js';

/** Its table makes it need memory, a pointer into it the stack. */
const SOURCE = `#include "tars_guest.h"
static const unsigned char levels[] = { 1, 1, 0 };
static int at;
static __attribute__((noinline)) void next(volatile int *level) { *level = levels[at++ % 3]; }
REACT void react(int source, int argument) {
  volatile int level = argument;
  if (source != 1) return;
  next(&level);
  gpio_write(0, level);
}
`;

const build = (pin: string): Uint8Array =>
  buildGuest(SOURCE, 1024, { name: 'guest', calls: [7], uses: [[1, pin]], sources: [[0, 10_000]] });

if (hasClang) {
  it('a behaviour in C breaks no rule', () => {
    expect(verify(build('LED'))).toEqual([]);
  });

  suite('a behaviour in C', ['pins', 'virtual-time'], (hil) => {
    hil('is loaded and runs', async ({ rig, wire }) => {
      const m = await rig([build(wire('led'))]);
      for (const level of [1, 1, 0, 1] as const) {
        await advance(m, ms(10));
        await expectPin(m, 'led', level);
      }
    });
  });
} else it.skip('a behaviour in C: clang or lld is missing', () => undefined);
