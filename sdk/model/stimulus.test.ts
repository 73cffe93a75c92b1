import { describe, expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { CborFloat } from '../wire/index.js';
import { generateStimuli } from './generate.js';
import { loadModule } from './guest.js';
import { Model } from './model.js';
import { modelRig } from './rig.js';
import { play } from './play.js';
import { handmade } from './testing/handmade.js';

/** Uses everything that can be stimulated. */
const module = handmade(
  `(module (global (mut i32) (i32.const 0)) (global (mut f32) (f32.const 0.25)) (func (export "r") (param i32 i32)))`,
  {
    name: 'all',
    sources: [[0, 2000]],
    state: [
      [1, 0],
      [2, 1],
    ],
    uses: [
      [2, 'PC13', 1, 1, 5000],
      [5, 'A0'],
      [6, 'I2C1', 72],
      [7, 'SPI1', 'PA4'],
      [8, 'UART1'],
      [11, 't', 'a:i8,b:f32,c:u32,d:bool'],
      [12, 'p', 0, 1, -3, 3],
      [12, 'q', 1, 4, new CborFloat(0.25), new CborFloat(0.5)],
    ],
  },
);
const { manifest } = loadModule(module);

/** Turns a refusal into an error that isn't one. */
function failing<A extends unknown[]>(act: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  return (...args) =>
    act(...args).catch((error: unknown) => {
      throw new Error(String(error));
    });
}

describe('stimulus', () => {
  it('is the same for the same seed and another for another', () => {
    expect(generateStimuli([manifest], 1, 100)).toEqual(generateStimuli([manifest], 1, 100));
    expect(generateStimuli([manifest], 1, 100)).not.toEqual(generateStimuli([manifest], 2, 100));
  });

  it('covers everything that the app uses', () => {
    const kinds = new Set(generateStimuli([manifest], 3, 2000).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'adc',
      'advance',
      'i2c',
      'i2c.device',
      'i2c.fault',
      'param',
      'pin',
      'publish',
      'spi',
      'uart',
    ]);
  });

  it('can be played; only bytes that a full port has no room for are refused', async () => {
    const model = new Model(virtual, [module]);
    const stimuli = generateStimuli([manifest], 4, 3000);
    const rig = modelRig(model);
    await play({ ...rig, publish: failing(rig.publish), paramSet: failing(rig.paramSet) }, stimuli);
    expect(model.stats('all').reactions).toBeGreaterThan(1000);
    expect(Math.abs(model.paramGet('all', 'p'))).toBeLessThanOrEqual(3);
  });
});
