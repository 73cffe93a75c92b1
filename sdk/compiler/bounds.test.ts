import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../interpreter/generate.js';
import { MeteredModule } from './testing/meter.js';
import { BLINK, build, buildGood, KALMAN, SERVO, SWEEP } from './testing/programs.js';

interface Worst {
  instructions: number;
  calls: number;
}

/** Runs a module with random events; the worst seen of each entry, in the order of the bounds. */
function meter(
  source: string,
  events: readonly number[],
  answers: () => number,
): { worst: Worst[]; bounds: readonly Worst[] } {
  const { module, bounds, program } = buildGood(source);
  const metered = new MeteredModule(module, (field) =>
    field === 'a' ? answers() / 7 : field === 'o' ? BigInt(answers()) : answers(),
  );
  const keys = [0, ...program.sources.map((each) => each.number), ...program.timers.map((timer) => -1 - timer.id)];
  const worst = keys.map((): Worst => ({ instructions: 0, calls: 0 }));
  const run = (at: number): void => {
    metered.react(keys[at] ?? 0);
    const seen = worst[at] as Worst;
    seen.instructions = Math.max(seen.instructions, metered.instructions);
    seen.calls = Math.max(seen.calls, metered.calls);
  };
  run(0);
  // Source 0 comes once in the life of an instance; a timer only where something armed it: see the filter.
  for (const event of events) if (keys.length > 1) run(1 + (event % (keys.length - 1)));
  return { worst, bounds: bounds.entries };
}

/** Small numbers and errors, so that every branch is taken. */
function answersFrom(tape: readonly number[]): () => number {
  let at = 0;
  return () => [0, 1, 7, -65540, 100, 40000][(tape[at++ % tape.length] ?? 0) % 6] ?? 0;
}

describe('bounds', () => {
  const exact = [
    { name: 'blink', source: BLINK, entry: 1 },
    { name: 'Kalman', source: KALMAN, entry: 1 },
    { name: 'servo press', source: SERVO, entry: 1 },
    { name: 'servo tick', source: SERVO, entry: 2 },
    { name: 'sweep timer', source: SWEEP, entry: 2 },
  ];
  it.each(exact)('$name: the bound is reached, with at most a quarter to spare', ({ source, entry }) => {
    const tape = Array.from({ length: 4000 }, (_, i) => (i * 7919) >> 3);
    const { worst, bounds } = meter(source, tape, answersFrom([5]));
    const [seen, bound] = [worst[entry] as Worst, bounds[entry] as Worst];
    expect(seen.instructions).toBeLessThanOrEqual(bound.instructions);
    expect(seen.calls).toBe(bound.calls);
    expect(bound.instructions).toBeLessThanOrEqual(seen.instructions * 1.25);
  });

  it('a loop with conditional waits counts all its rounds', () => {
    const source = `behaviour rounds
use led: gpio.out = board.LED
use button: gpio.in = board.BUTTON
loop {
  await button.press
  for i in 0 ..= 9 { led.toggle(); if button.read() { sleep 1ms } }
}
`;
    const never = meter(source, [0, 0, 0], () => 0);
    expect(never.worst[1]?.calls).toBe(20);
    expect(never.bounds[1]?.calls).toBeGreaterThanOrEqual(20);
    expect(never.bounds[1]?.instructions).toBeGreaterThanOrEqual(never.worst[1]?.instructions ?? Infinity);
  });

  it('are found in no time for functions that call each other twice, early returns in a row and deep choices', () => {
    const chain = (count: number, body: (inner: string) => string): string =>
      Array.from(
        { length: count },
        (_, i) => `fn g${i}(x: i32): i32 { ${i === 0 ? 'return x' : body(`g${i - 1}`)} }\n`,
      ).join('');
    const twice =
      `behaviour t\nvar r: i32 = 0\nevery 5ms { r = g28(r) ` + `}\n${chain(29, (g) => `return ${g}(x) + ${g}(x + 1)`)}`;
    const early =
      `behaviour t\nvar r: i32 = 0\nevery 5ms { r = g59(r) ` +
      `}\n${chain(60, (g) => `if x > 3 { return 2 }; return ${g}(x) + 1`)}`;
    const choices =
      `behaviour t\nvar r: i32 = 0\nloop { ` +
      `${Array.from({ length: 60 }, (_, i) => `if r == ${i} { `).join('')}r = 1 ${'} '.repeat(60)}; sleep 5ms }\n`;
    const { bounds } = buildGood(twice);
    expect(bounds.entries[1]?.instructions).toBeGreaterThan(2 ** 28);
    expect(buildGood(early).module.length + buildGood(choices).module.length).toBeLessThan(4000);
  });

  it('are not looked for where long functions call each other in a row', () => {
    const functions = Array.from(
      { length: 60 },
      (_, i) => `fn g${i}(x: i32): i32 { return ${i === 0 ? 'x' : `g${i - 1}(x)`}${' + x'.repeat(240)} }\n`,
    ).join('');
    const { diagnostics } = build(`behaviour t\nvar r: i32 = 0\nevery 5ms { r = g59(r) }\n${functions}`);
    expect(diagnostics.map(({ code }) => code)).toEqual(['T0507']);
  });

  it('what is metered never exceeds the bound, in random programs', () => {
    let tight = 0;
    let entries = 0;
    fc.assert(
      fc.property(programs, fc.array(fc.nat(999), { minLength: 30, maxLength: 80 }), (source, tape) => {
        // The meter doesn't model timers: a loop's own one could come while it waits for something else.
        const { worst, bounds } = meter(source.replaceAll(/\bsleep .*/g, 'await probe.edge'), tape, answersFrom(tape));
        worst.forEach((seen, i) => {
          const bound = bounds[i] as Worst;
          expect(seen.instructions).toBeLessThanOrEqual(bound.instructions);
          expect(seen.calls).toBeLessThanOrEqual(bound.calls);
          entries++;
          if (bound.instructions <= seen.instructions * 2) tight++;
        });
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(tight / entries).toBeGreaterThan(0.5);
  });
});
