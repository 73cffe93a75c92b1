import { describe, expect, it } from 'vitest';
import { Agenda } from './agenda.js';
import { loadModule } from './index.js';
import type { World } from './context.js';
import { handmade } from './testing/handmade.js';

const manifest = (depth: number, catchup: number) =>
  loadModule(
    handmade('(module (func (export "r") (param i32 i32)))', {
      name: 'listener',
      uses: [[11, 'in', 'n:i32', depth]].map((use) => (depth > 0 ? use : use.slice(0, 3))),
      sources: [[2, 0], catchup > 0 ? [0, 1000, catchup] : [0, 1000]],
    }),
  ).manifest;

/** A clock and a count of events are all that an agenda without inputs looks at. */
const clock = { nowUs: 0, order: 0, nextOrder: () => clock.order++ };

describe('what waits goes over to a version that lets fewer wait', () => {
  // The same table as in firmware/test/core/swap_test.c.
  it.each([
    [4, 3, [1, 2, 3], [1000, 2000, 3000]],
    [2, 2, [1, 2], [1000, 2000]],
    [1, 1, [1], [1000]],
    [0, 0, [3], [1000]],
  ])('queue %i, catchup %i', (depth, catchup, messages, ticks) => {
    clock.nowUs = 0;
    const agenda = (...[d, c]: [number, number]) => {
      const stats = { events: 0, dropped: 0, overruns: 0 };
      return { stats, it: new Agenda(manifest(d, c), clock as unknown as World, stats) };
    };
    const [old, next] = [agenda(4, 3), agenda(depth, catchup)];
    old.it.begin(0);
    old.it.take();
    clock.nowUs = 3000;
    old.it.enterDue();
    for (const n of [1, 2, 3]) old.it.messageArrived('in', [n], 3000);
    next.it.begin(1);
    next.it.takeOver(old.it);
    const taken = Array.from({ length: 7 }, () => next.it.take()).filter((event) => event !== undefined);
    expect(taken.flatMap(({ source, fields = [] }) => (source === 1 ? fields : []))).toEqual(messages);
    expect(taken.flatMap(({ source, timeUs }) => (source === 2 ? [timeUs] : []))).toEqual(ticks);
    expect(next.stats).toMatchObject({ dropped: 3 - messages.length, overruns: 3 - ticks.length });
  });
});
