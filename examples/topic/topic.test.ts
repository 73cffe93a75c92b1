import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

/** The module of one of the behaviours, with its priority of tars.toml. */
function build(file: string, priority: number): Uint8Array {
  const { module, diagnostics } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), {
    file,
    board,
    priority,
  });
  expect(diagnostics).toEqual([]);
  return module ?? new Uint8Array();
}

const ADDRESS = 0x49;
let model: Model;

/** Sets the room's temperature and waits for the next measurement. */
function temperature(degC: number): void {
  const raw = Math.round(degC * 128);
  model.i2cSet('I2C1', ADDRESS, 0, [(raw >> 8) & 0xff, raw & 0xff]);
  model.advance(100_000);
}

describe('thermometer and fan', () => {
  beforeEach(() => {
    model = new Model(board, [build('thermometer.tars', 1), build('fan.tars', 0)]);
    model.i2cDevice('I2C1', ADDRESS);
    temperature(20);
  });

  it('switches the fan with hysteresis', () => {
    const fan = [25, 31, 29, 28.5, 27.9, 29].map((degC) => {
      temperature(degC);
      return model.pin('LED2');
    });
    expect(fan).toEqual([0, 1, 1, 1, 0, 0]);
  });

  it('switches the fan on when no temperature comes for two seconds', () => {
    expect(model.pin('LED2')).toBe(0);
    model.i2cDevice('I2C1', ADDRESS, false);
    model.advance(1_999_999);
    expect(model.pin('LED2')).toBe(0);
    model.advance(1);
    expect(model.pin('LED2')).toBe(1);
    model.i2cDevice('I2C1', ADDRESS);
    temperature(20);
    expect(model.pin('LED2')).toBe(0);
  });

  it('listens to whoever publishes, and to its parameter', () => {
    model.paramSet('fan', 'on_above', 40);
    model.publish('room/temperature', [39]);
    expect(model.pin('LED2')).toBe(0);
    model.publish('room/temperature', [41]);
    expect(model.pin('LED2')).toBe(1);
  });
});
