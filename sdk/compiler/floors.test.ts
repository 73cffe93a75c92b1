import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { manifestBytes, withManifest } from '../image/attach.js';
import { verify } from '../image/verify.js';
import { BLINK, buildGood, KALMAN, SERVO } from './testing/programs.js';
import { runModule } from './testing/run.js';
import type { Call } from './testing/run.js';

/** Programs written by hand under the same ABI: they must make the same host calls, bit for bit. */
const floors = [
  { name: 'blink', source: BLINK, sources: [1] },
  { name: 'kalman', source: KALMAN, sources: [1] },
  { name: 'servo', source: SERVO, sources: [1, -1] },
];

async function assemble(name: string): Promise<Uint8Array> {
  const text = readFileSync(new URL(`../model/testing/floors/${name}.wat`, import.meta.url), 'utf8');
  return (await wabt()).parseWat(name, text).toBinary({}).buffer;
}

describe('programs by hand', () => {
  it.each(floors)('$name makes the same host calls', async ({ name, source, sources }) => {
    const { module } = buildGood(source);
    const byHand = await assemble(name);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...sources), fc.integer({ min: -70000, max: 32767 })), { maxLength: 300 }),
        (events) => {
          const run = (bytes: Uint8Array): Call[] => {
            let at = 0;
            return runModule(bytes, [0, ...events.map(([event]) => event)], { 2: () => events[at++]?.[1] ?? 0 });
          };
          expect(run(module)).toEqual(run(byHand));
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it.each(floors)('$name takes the manifest of the compiled program', async ({ name, source }) => {
    const manifest = manifestBytes(buildGood(source).module);
    expect(verify(withManifest(await assemble(name), manifest ?? new Uint8Array()))).toEqual([]);
  });
});
