import { describe, expect, it } from 'vitest';
import m7 from '../../boards/qemu-m7.json' with { type: 'json' };
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { decodeManifest, type Manifest } from '../image/index.js';
import { rawManifest, type RawManifest } from '../model/testing/handmade.js';
import { Random } from '../model/random.js';
import { report, runs } from '../testing/figures.js';
import { deadlineOf, entryTimes, loadOf, needOf, type Pace, paceOf, takesOf } from './index.js';
import { responsesUs } from './response.js';
import { simulate } from './testing/simulate.js';

const pace: Pace = { speed: { instructionNs: 10, callNs: 1000, eventNs: 5000 }, reactionUs: 2000 };

/** A manifest as a board reads it. */
function manifest(raw: RawManifest): Manifest {
  const result = decodeManifest(rawManifest({ name: 'x', ...raw }));
  if (!('manifest' in result)) throw new Error(result.why);
  return result.manifest;
}

/** Periods in microseconds, with the instructions of each; the start-up takes one. */
const periodic = (rows: readonly (readonly [number, number])[], raw: RawManifest = {}): Manifest =>
  manifest({
    sources: rows.map(([period]) => [0, period]),
    bounds: [64, 0, 1, 0, ...rows.flatMap(([, instructions]) => [instructions, 0])],
    ...raw,
  });

describe('time of reactions', () => {
  it('follows from instructions, host calls and the event itself', () => {
    const bounds = [64, 0, 100, 3, 1, 0, 20, 1];
    expect(entryTimes(manifest({ sources: [[0, 1000]], timers: 1, bounds }), pace)).toEqual([
      { source: 0, costNs: 5000 + 1000 + 3000 },
      { source: 1, costNs: 5010, periodUs: 1000 },
      { source: -1, costNs: 5000 + 200 + 1000 },
    ]);
  });

  it('is the budget where nobody knows the instructions', () => {
    expect(entryTimes(manifest({ sources: [[0, 10_000]] }), pace)[1]).toMatchObject({ costNs: 2_000_000 });
  });
});

describe('load', () => {
  const button = { uses: [[2, 'BUTTON']], sources: [[1, 0, 1]], bounds: [64, 0, 1, 0, 1, 0] };

  it('of periods alone is twice what they need, each rounded up', () => {
    // 5 + 95 us each 1 ms are 100 permille, each 10 ms they are 10.
    expect(needOf(entryTimes(periodic([[1000, 9500]]), pace))).toBe(100);
    expect(loadOf(periodic([[1000, 9500]]), pace)).toBe(200);
    expect(
      loadOf(
        periodic([
          [1000, 9500],
          [10_000, 9500],
        ]),
        pace,
      ),
    ).toBe(220);
    expect(
      loadOf(
        periodic([
          [1000, 9501],
          [10_000, 9501],
        ]),
        pace,
      ),
    ).toBe(201 + 21);
  });

  it('is at least 50 permille and at most all', () => {
    expect(loadOf(periodic([[1_000_000, 1]]), pace)).toBe(50);
    expect(loadOf(periodic([[100, 9500]]), pace)).toBe(1000);
  });

  it('is half with events of which nobody knows how often they come', () => {
    expect(loadOf(manifest(button), pace)).toBe(500);
    expect(loadOf(periodic([[1000, 1]], { timers: 1, bounds: [64, 0, 1, 0, 1, 0, 1, 0] }), pace)).toBe(500);
  });

  it('is what the manifest says; others can not have it only if its events have no period', () => {
    for (const [raw, takes] of [
      [button, 300],
      [{ sources: [[0, 1000]], bounds: [64, 0, 1, 0, 9500, 0] }, 100],
    ] as const) {
      const declared = manifest({ ...raw, load: 300 });
      expect(loadOf(declared, pace)).toBe(300);
      expect(takesOf(declared, entryTimes(declared, pace))).toBe(takes);
    }
  });

  it('has a deadline of ten of the shortest periods, if there is one', () => {
    expect(
      deadlineOf(
        periodic([
          [3000, 1],
          [1000, 1],
        ]),
      ),
    ).toBe(10_000);
    expect(deadlineOf(periodic([[3000, 1]], { deadline: 7 }))).toBe(7);
    expect(deadlineOf(manifest(button))).toBe(Infinity);
  });
});

describe('time until an event is answered', () => {
  it('of a behaviour alone is that of its own reactions', () => {
    expect(responsesUs([periodic([[1000, 9500]])], pace)).toEqual([100]);
  });

  it('has the longest reaction of a lower priority before it, and all of a higher one', () => {
    const [low, high] = responsesUs([periodic([[10_000, 99_500]]), periodic([[1000, 9500]], { priority: 1 })], pace);
    expect(high).toBeCloseTo(1000 + 100);
    // The start of the neighbour counts too: 5.01 us.
    expect(low).toBeCloseTo((1000 + 100 + 5.01) / 0.9);
  });

  it('has no end where those that go first take everything', () => {
    const [low, high] = responsesUs([periodic([[10_000, 1]]), periodic([[100, 9500]], { priority: 1 })], pace);
    expect([low, high]).toEqual([Infinity, 100 + 5.01]);
    expect(responsesUs([periodic([[10_000, 1]]), periodic([[101, 9500]], { priority: 1 })], pace)[0]).toBeLessThan(
      Infinity,
    );
  });
});

/** A random app of two to four behaviours that needs about `need` permille. */
function randomApp(random: Random, { speed }: Pace, need: number): Manifest[] {
  const count = random.between(2, 4);
  const parts = Array.from({ length: count }, () => random.between(1, 10));
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => {
    const periods = Array.from({ length: random.between(1, 2) }, () => random.between(3, 200) * 100);
    const rows = periods.map((period) => {
      const costNs = ((need * part) / whole / periods.length) * period;
      return [period, Math.max(1, Math.floor((costNs - speed.eventNs) / speed.instructionNs))] as const;
    });
    const priority = random.between(0, 2);
    return periodic(rows, priority > 0 ? { priority } : {});
  });
}

describe.each([
  ['virtual', paceOf(virtual)],
  ['qemu-m7', paceOf(m7)],
])('random apps at the pace of %s', (name, board) => {
  it(
    'answer every event within the time that is computed, and more than everything is left waiting',
    { timeout: 600_000 },
    () => {
      const random = new Random(11);
      const untilUs = 200_000;
      const seen = { apps: 0, bounded: 0, overloaded: 0, nearest: 0 };
      for (let i = 0; i < runs({ full: 20_000, short: 200 }); i++) {
        const app = randomApp(random, board, random.between(300, 1300));
        const bounds = responsesUs(app, board);
        const offsetUs = (period: number): number => (random.once(3) ? 0 : random.between(0, period));
        const lived = simulate(app, board, { untilUs, offsetUs });
        seen.apps++;
        for (const [index, { responseUs }] of lived.entries()) {
          const bound = bounds[index] ?? NaN;
          expect(responseUs, `app ${i}, behaviour ${index}`).toBeLessThanOrEqual(bound);
          if (bound > untilUs / 4) continue;
          expect(responseUs).toBeGreaterThan(0);
          seen.bounded++;
          seen.nearest = Math.max(seen.nearest, responseUs / bound);
        }
        const need = app.reduce((sum, each) => sum + needOf(entryTimes(each, board)), 0);
        if (need < 1100) continue;
        seen.overloaded++;
        expect(Math.max(...bounds)).toBe(Infinity);
        expect(Math.max(...lived.map(({ responseUs }) => responseUs))).toBeGreaterThan(
          (need / 1000 - 1) * untilUs * 0.5,
        );
      }
      report(`answers computed at the pace of ${name}`, seen);
      expect(Math.min(seen.bounded, seen.overloaded)).toBeGreaterThan(seen.apps / 10);
      expect(seen.nearest).toBeGreaterThan(0.7);
    },
  );
});
