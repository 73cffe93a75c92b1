import { describe, expect, it } from 'vitest';
import { manifestBytes, withoutCustoms } from '../image/attach.js';
import { decodeModule } from '../image/decode.js';
import { verify } from '../image/verify.js';
import { BLINK, buildGood, KALMAN, SERVO, SWEEP } from './testing/programs.js';

/** Bytes without custom sections; manifest with its section header. The floors by hand are 55, 208 and 175. */
const limits = [
  { name: 'blink', source: BLINK, code: 55, manifest: 44 },
  { name: 'Kalman', source: KALMAN, code: 204, manifest: 139 },
  { name: 'servo, flat', source: SERVO, code: 177, manifest: 86 },
  { name: 'servo, sequence', source: SWEEP, code: 239, manifest: 70 },
];

describe('module sizes', () => {
  it.each(limits)('$name: code at most $code bytes, manifest at most $manifest', ({ source, code, manifest }) => {
    const { module } = buildGood(source);
    expect(withoutCustoms(module).length).toBeLessThanOrEqual(code);
    expect(module.length - withoutCustoms(module).length).toBeLessThanOrEqual(manifest);
    expect(manifestBytes(module)?.length).toBeGreaterThan(0);
  });

  it.each(limits)('$name has no memory and keeps the rules of the ABI', ({ source }) => {
    const { module } = buildGood(source);
    expect(decodeModule(module).memories).toEqual([]);
    expect(verify(module)).toEqual([]);
  });

  it('code is the same for every pin, only the manifest differs', () => {
    const code = (source: string): Uint8Array => withoutCustoms(buildGood(source).module);
    expect(code(BLINK.replace('LED', 'PA5'))).toEqual(code(BLINK));
  });
});
