import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../hal/contract/index.js';
import { isRefused, type Refused } from './envelope.js';
import { fromHex, toHex } from './ids.js';
import { type DeviceDocument, signFleet, verifyBeacon, verifyCommand, verifyDevice, verifyOperator } from './signed.js';
import { DEVICE_ID, keys, rootOf, roots, VENDOR } from './testing/cast.js';
import { bodies, deviceCases, type FleetCase, fleetVectorsJson, NONCE, operatorCases } from './testing/fleet-cases.js';

const path = new URL('../../hal/vectors/fleet.json', import.meta.url);

/** What the side that the document is for says to it. */
function verdict({ document, root, ageMs, counter, timeS, bytes }: Omit<FleetCase, 'name'>): object | Refused {
  const owner = root && { root: roots[root] };
  if (document === 'command')
    return verifyCommand(bytes, { ...owner, device: DEVICE_ID, nonces: [{ nonce: NONCE, ageMs, counter }] });
  if (document === 'beacon') return verifyBeacon(bytes, { ...owner, device: DEVICE_ID, nonce: NONCE, timeS });
  return verifyDevice(document as DeviceDocument, bytes, { vendor: VENDOR, publicKey: keys.device.publicKey });
}

const refusal = (result: object | Refused): string => ('error' in result ? `${result.error}` : 'taken');
const rows = (JSON.parse(readFileSync(path, 'utf8')) as { documents: (Omit<FleetCase, 'bytes'> & { bytes: string })[] })
  .documents;
const command = operatorCases[0] as FleetCase;

describe('documents of a fleet', () => {
  it('are what the golden vectors say (vitest -u rewrites them)', async () => {
    await expect(fleetVectorsJson()).toMatchFileSnapshot(path.pathname);
  });

  it.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
    expect(refusal(verdict({ ...row, bytes: fromHex(row.bytes) }))).toBe(row.error ?? 'taken');
  });

  it('are refused with any bit flipped, and at any other length', () => {
    for (const row of [command, deviceCases[0] as FleetCase]) {
      for (let bit = 0; bit < 8 * row.bytes.length; bit++) {
        const bytes = row.bytes.slice();
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(refusal(verdict({ ...row, bytes })), `bit ${bit}`).not.toBe('taken');
      }
      for (let size = 0; size < row.bytes.length; size++)
        expect(refusal(verdict({ ...row, bytes: row.bytes.slice(0, size) })), `${size} bytes`).not.toBe('taken');
    }
  }, 120_000);

  it('come out as they went in, and only from the key that signed', () => {
    const body = fc.record({
      device: fc.constant(DEVICE_ID),
      nonce: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      counter: fc.nat(0xffffffff),
      request: fc.nat(255),
      body: fc.uint8Array({ maxLength: 512 }),
    });
    fc.assert(
      fc.property(body, (fields) => {
        const bytes = signFleet('command', fields, [keys.olga]);
        expect(bytes.length).toBeLessThanOrEqual(limits.chunk.value);
        expect(verifyOperator('command', bytes, roots.one)).toEqual(fields);
        expect(refusal(verifyOperator('beacon', bytes, roots.one))).toBe('bad_signature');
        expect(refusal(verifyOperator('command', signFleet('command', fields, [keys.mallory]), roots.one))).toBe(
          'unknown_key',
        );
      }),
      { numRuns: 60 },
    );
  });

  it('need as many operators as the root document wants', () => {
    const strict = rootOf({ alice: ['root', 'release'], olga: ['operator'], nadia: ['operator'] }, 1);
    const two = { ...strict, thresholds: { ...strict.thresholds, operator: 2 } };
    expect(refusal(verifyOperator('beacon', signFleet('beacon', bodies.beacon, [keys.olga]), two))).toBe('threshold');
    expect(isRefused(verifyOperator('beacon', signFleet('beacon', bodies.beacon, [keys.nadia, keys.olga]), two))).toBe(
      false,
    );
  });

  it('of a device nobody has seen the birth of are not believed', () => {
    const report = signFleet('report', bodies.report, [keys.device]);
    expect(refusal(verifyDevice('report', report, { vendor: VENDOR }))).toBe('unknown_key');
    expect(toHex(DEVICE_ID)).toHaveLength(32);
  });
});
