import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };
import { LAP_M, offsetFromLine, Robot } from './track.js';

const file = 'follower.tars';
const { module = new Uint8Array() } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), { file, board });

const STEP_US = 1_000;

/** Drives on the track until the time is over; returns how far the middle of the sensors got from the line at most. */
function drive(model: Model, robot: Robot, seconds: number): number {
  let worst = 0;
  for (let step = 0; step < (seconds * 1e6) / STEP_US; step++) {
    robot.sensors().forEach((millivolts, i) => {
      model.adcSet(`A${i}`, millivolts);
    });
    model.advance(STEP_US);
    robot.drive(model.pwm('MOTOR_L').dutyPct, model.pwm('MOTOR_R').dutyPct, STEP_US / 1e6);
    worst = Math.max(worst, Math.abs(offsetFromLine(robot.x, robot.y)));
  }
  return worst;
}

describe('line follower', () => {
  it('stays on the line for laps', () => {
    const model = new Model(board, [module]);
    const robot = new Robot();
    const worst = drive(model, robot, 30);
    expect(worst).toBeLessThan(0.02);
    expect(robot.travelled).toBeGreaterThan(2 * LAP_M);
  });

  it('finds the line again after a push', () => {
    const model = new Model(board, [module]);
    const robot = new Robot();
    drive(model, robot, 2);
    robot.heading += 0.3;
    drive(model, robot, 2);
    expect(drive(model, robot, 5)).toBeLessThan(0.02);
  });

  it('leaves the line when nobody steers', () => {
    const model = new Model(board, [module]);
    model.paramSet('follower', 'gain', 0);
    model.paramSet('follower', 'damp', 0);
    expect(drive(model, new Robot(), 10)).toBeGreaterThan(0.1);
  });

  it('drives as fast as it is told', () => {
    const model = new Model(board, [module]);
    const robot = new Robot();
    model.paramSet('follower', 'speed', 20);
    drive(model, robot, 5);
    expect(robot.travelled).toBeCloseTo(5 * 0.2 * 0.8, 1);
  });
});
