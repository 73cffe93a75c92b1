import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

const file = 'ranger.tars';
const { module = new Uint8Array() } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), { file, board });
let model: Model;

/** Time from one shot to the next, and from the end of a shot to the ranger's answer. */
const SHOT_US = 100_000;
const ANSWER_US = 450;

/** One shot at something so many millimetres away; sound goes there and back at 343 m/s. */
function shot(millimetres: number): void {
  const width = Math.round((2 * millimetres * 1000) / 343);
  model.advance(10 + ANSWER_US);
  model.pinSet('PA0', 1);
  model.advance(width);
  model.pinSet('PA0', 0);
  model.advance(SHOT_US - 10 - ANSWER_US - width);
}

const last = (): readonly number[] => model.messages.at(-1)?.fields ?? [];

describe('ranger', () => {
  beforeEach(() => {
    model = new Model(board, [module]);
  });

  it('fires a pulse of 10 us ten times a second', () => {
    expect(model.pin('PA1')).toBe(1);
    model.advance(9);
    expect(model.pin('PA1')).toBe(1);
    model.advance(1);
    expect(model.pin('PA1')).toBe(0);
    model.advance(SHOT_US - 11);
    expect(model.pin('PA1')).toBe(0);
    model.advance(1);
    expect(model.pin('PA1')).toBe(1);
  });

  it.each([20, 299, 301, 4000])('sees what is %i mm away', (millimetres) => {
    shot(millimetres);
    const [range = NaN, silent] = last();
    expect(Math.abs(range - millimetres)).toBeLessThan(0.1);
    expect(silent).toBe(0);
    expect(model.pin('LED')).toBe(millimetres < 300 ? 1 : 0);
  });

  it('says that nothing is in range when the echo is too long', () => {
    shot(100);
    shot(6000);
    expect(last()).toEqual([0, 1]);
    expect(model.pin('LED')).toBe(0);
    shot(100);
    expect(last()[1]).toBe(0);
  });

  it('says that there is no echo at all, 60 ms after the shot', () => {
    shot(100);
    model.advance(10 + 60_000 - 1);
    expect(model.messages.length).toBe(1);
    model.advance(1);
    expect(last()).toEqual([0, 1]);
    model.advance(3 * SHOT_US);
    expect(last()).toEqual([0, 4]);
    expect(model.pin('LED')).toBe(0);
  });
});
