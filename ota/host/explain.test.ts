import { describe, expect, it } from 'vitest';
import { explainBundle, explainRoot } from './explain.js';
import { accepted } from './testing/accepted.js';
import { attackBase, attacks } from './testing/attacks.js';
import { images, rootDocuments } from './testing/cast.js';

const rows = (explained: ReturnType<typeof explainBundle>): Record<string, string> =>
  'error' in explained
    ? { error: explained.error }
    : Object.fromEntries(explained.fields.map(({ field, value }) => [field, value]));

describe('explanations', () => {
  it('name every field of a bundle', () => {
    expect(rows(explainBundle(attackBase.good))).toMatchObject({
      epoch: '0',
      sequence: '7',
      device: 'any',
      calls: 'i2c.read_i16be, msg.put_f32, msg.send',
      health: '5000 ms',
      delta: 'none',
      size: `${images.kalman.length} bytes`,
      payload: `${images.kalman.length} bytes (fits)`,
      digest: expect.stringContaining('(fits)') as string,
    });
    const explained = explainBundle(attackBase.good);
    const grants =
      'error' in explained ? [] : explained.fields.filter(({ field }) => field === 'grant').map(({ value }) => value);
    expect(grants).toEqual(
      expect.arrayContaining([
        'i2c I2C1, address 72, speed 400 kHz',
        'publish kf/x, rate 100 Hz',
        'param q, min 0, max 1',
      ]),
    );
  });

  it('know every bundle that boards take', () => {
    for (const { bytes, name } of accepted) expect(explainBundle(bytes), name).not.toHaveProperty('error');
  });

  it('say what does not fit', () => {
    const bytesOf = (name: string): Uint8Array =>
      attacks.find((attack) => attack.name === name)?.bytes ?? new Uint8Array();
    expect(rows(explainBundle(bytesOf('payload longer than signed'))).payload).toContain('DOES NOT FIT');
    expect(rows(explainBundle(bytesOf('changed digest'))).digest).toContain('DOES NOT FIT');
    expect(rows(explainBundle(bytesOf('half a bundle')))).toEqual({ error: 'truncated' });
    expect(rows(explainBundle(bytesOf('manifest of version 2')))).toEqual({ error: 'version' });
  });

  it('name keys and thresholds of a root document', () => {
    expect(rows(explainRoot(rootDocuments.three))).toMatchObject({
      version: '1',
      owner: 'robots.example',
      'threshold release': '2',
      'threshold aot': '1',
    });
    expect(rows(explainRoot(attackBase.good))).toEqual({ error: 'profile' });
  });
});
