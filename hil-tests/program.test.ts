import { afterEach, expect, it } from 'vitest';
import { decodeManifest, manifestBytes } from '../sdk/image/index.js';
import { compileFor, tars } from './program.js';

afterEach(() => compileFor('virtual'));

it('is compiled for the board that the rig names', () => {
  const source = 'behaviour x\nuse led: gpio.out = board.LED3\nevery 1s { led.toggle() }';
  expect(() => tars(source)).toThrow('T0201');
  compileFor('nucleo-h743zi');
  const module = tars(source);
  expect(decodeManifest(manifestBytes(module) ?? new Uint8Array())).toMatchObject({ manifest: { name: 'x' } });
});
