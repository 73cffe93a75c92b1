import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

const file = 'kalman.tars';
const { module = new Uint8Array() } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), { file, board });

/** Address of the thermometer and what one step of its register is worth. */
const ADDRESS = 0x48;
const STEP_DEGC = 0.0078125;
let model: Model;

/** Sets what the thermometer measures. */
function measure(degC: number): void {
  const raw = Math.round(degC / STEP_DEGC);
  model.i2cSet('I2C1', ADDRESS, 0, [(raw >> 8) & 0xff, raw & 0xff]);
}

/** The filter in doubles, for comparison. */
function reference(samples: readonly number[], q: number, r: number): number {
  let [x, p] = [0, 1];
  for (const sample of samples) {
    p += q;
    const k = p / (p + r);
    x += k * (sample - x);
    p *= 1 - k;
  }
  return x;
}

/** Estimates so far. */
const estimates = (): number[] => model.messages.map(({ fields }) => fields[0] ?? NaN);

describe('kalman', () => {
  beforeEach(() => {
    model = new Model(board, [module]);
    model.i2cDevice('I2C1', ADDRESS);
  });

  it('computes what the same filter computes in doubles', () => {
    const samples = Array.from({ length: 200 }, (_, i) => 21 + Math.sin(i) * 2 + (i % 7) * 0.1);
    for (const sample of samples) {
      measure(sample);
      model.advance(10_000);
    }
    const rounded = samples.map((sample) => Math.round(sample / STEP_DEGC) * STEP_DEGC);
    expect(estimates()).toHaveLength(200);
    expect(estimates().at(-1)).toBeCloseTo(reference(rounded, 0.01, 0.5), 3);
  });

  it('reads temperatures below zero', () => {
    measure(-12.5);
    model.advance(2_000_000);
    expect(estimates().at(-1)).toBeCloseTo(-12.5, 2);
  });

  it('publishes nothing while the sensor fails and goes on afterwards', () => {
    measure(20);
    model.advance(100_000);
    model.i2cFault('I2C1', ADDRESS, 'timeout', 5);
    model.advance(50_000);
    expect(estimates()).toHaveLength(10);
    model.advance(50_000);
    expect(estimates()).toHaveLength(15);
  });

  it('follows faster with a larger q', () => {
    const after = (q: number): number => {
      model = new Model(board, [module]);
      model.i2cDevice('I2C1', ADDRESS);
      model.paramSet('kf', 'q', q);
      measure(0);
      model.advance(1_000_000);
      measure(10);
      model.advance(50_000);
      return estimates().at(-1) ?? NaN;
    };
    expect(after(0.5)).toBeGreaterThan(after(0.01) + 2);
  });

  it('keeps the estimate over a reboot', () => {
    measure(25);
    model.advance(60_000_000);
    model.power();
    model.i2cFault('I2C1', ADDRESS, 'nack', 0);
    model.advance(10_000);
    // From 0 the first step would lead to 16.8.
    expect(estimates().at(-1)).toBeCloseTo(25, 2);
  });
});
