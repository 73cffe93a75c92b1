import { describe, expect, it } from 'vitest';
import type { Device } from '../../ota/operator/devices.js';
import { selectDevices } from './targets.js';

const device = (id: string, name: string): Device => ({
  id,
  name,
  class: 'virtual',
  publicKey: new Uint8Array(32),
  birth: {} as Device['birth'],
  online: true,
});
const beta = device('a1'.repeat(16), 'beta'),
  gamma = device('b2'.repeat(16), 'gamma');
const select = (devices: readonly string[], groups: readonly (readonly string[])[] = []): readonly Device[] =>
  selectDevices([beta, gamma], { devices, groups });

describe('the devices that are meant', () => {
  it('are all without a choice, else those that are named, once each', () => {
    expect(select([])).toEqual([beta, gamma]);
    expect(select(['gamma,beta', 'gamma'], [['beta']])).toEqual([gamma, beta]);
    expect(select(['b2b2b2b2'])).toEqual([gamma]);
  });

  it.each([[['']], [[',']], [['beta,']]])('are not guessed from a name that is empty: %j', (devices) => {
    expect(() => select(devices)).toThrow('one of them is empty');
  });
});
