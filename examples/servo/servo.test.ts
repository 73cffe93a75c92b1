import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

const file = 'servo.tars';
const { module = new Uint8Array() } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), { file, board });
let model: Model;

/**
 * Pushes the button, with bounces as a real one has them, and lets go. 30 ms later its press has been reported 5 ms
 * ago.
 */
function press(): void {
  for (const level of [0, 1, 0] as const) {
    model.pinSet('PC13', level);
    model.advance(2_500);
  }
  model.advance(22_500);
  model.pinSet('PC13', 'float');
}

describe('servo', () => {
  beforeEach(() => {
    model = new Model(board, [module]);
  });

  it('rests in the middle', () => {
    model.advance(1_000_000);
    expect(model.pwm('SERVO1')).toMatchObject({ pulseUs: 1500, frequencyHz: 50 });
  });

  it('sweeps from end to end and back after one press', () => {
    press();
    const pulses: number[] = [];
    for (let tick = 0; tick < 102; tick++) {
      model.advance(20_000);
      pulses.push(model.pwm('SERVO1').pulseUs);
    }
    expect(pulses.slice(0, 3)).toEqual([1020, 1040, 1060]);
    expect(Math.max(...pulses)).toBe(2000);
    expect(pulses.indexOf(2000)).toBe(49);
    expect(pulses.slice(98)).toEqual([1020, 1500, 1500, 1500]);
  });

  it('goes back to rest on a second press', () => {
    press();
    model.advance(200_000);
    expect(model.pwm('SERVO1').pulseUs).toBe(1200);
    press();
    expect(model.pwm('SERVO1').pulseUs).toBe(1500);
    model.advance(1_000_000);
    expect(model.pwm('SERVO1').pulseUs).toBe(1500);
  });
});
