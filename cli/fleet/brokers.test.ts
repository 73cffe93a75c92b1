import { expect, it } from 'vitest';
import { brokerAddress } from './brokers.js';

it.each([
  'mqtt://olga:geheim@broker.example:1883',
  'mqtts://olga:ge%40heim@broker.example',
  'mqtt://:geheim@broker.example',
  'mqtt://olga:ge#geheim@broker.example:1883',
  'mqtt://olga:geh@geheim@broker.example',
])('never shows a password that is written into the address: %s', (text) => {
  const error = ((): Error => {
    try {
      return expect.unreachable(brokerAddress(text).url);
    } catch (error) {
      return error as Error;
    }
  })();
  expect(`${error.message} ${(error as { cure?: string }).cure}`).not.toMatch(/geheim|ge%40/);
});

it('says where user and password go', () => {
  expect(() => brokerAddress('mqtt://olga:x@broker.example:1883')).toThrow(
    expect.objectContaining({ exit: 2, cure: expect.stringMatching(/mqtt:\/\/broker\.example:1883, .*--user NAME/) }),
  );
});
