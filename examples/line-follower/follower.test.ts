import { readFileSync } from 'node:fs';
import { compile, Machine } from 'tars-sdk';
import { describe, expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };
import { LAP_M, offsetFromLine, Robot } from './track.js';

const file = 'follower.tars';
const { module = new Uint8Array() } = compile(readFileSync(new URL(file, import.meta.url), 'utf8'), { file, board });

const STEP_US = 1_000;

/** Drives on the track until the time is over; returns how far the middle of the sensors got from the line at most. */
function drive(machine: Machine, robot: Robot, seconds: number): number {
  let worst = 0;
  for (let step = 0; step < (seconds * 1e6) / STEP_US; step++) {
    robot.sensors().forEach((millivolts, i) => {
      machine.adcSet(`A${i}`, millivolts);
    });
    machine.advance(STEP_US);
    robot.drive(machine.pwm('MOTOR_L').dutyPct, machine.pwm('MOTOR_R').dutyPct, STEP_US / 1e6);
    worst = Math.max(worst, Math.abs(offsetFromLine(robot.x, robot.y)));
  }
  return worst;
}

describe('line follower', () => {
  it('stays on the line for laps', () => {
    const machine = new Machine(board, [module]);
    const robot = new Robot();
    const worst = drive(machine, robot, 30);
    expect(worst).toBeLessThan(0.02);
    expect(robot.travelled).toBeGreaterThan(2 * LAP_M);
  });

  it('finds the line again after a push', () => {
    const machine = new Machine(board, [module]);
    const robot = new Robot();
    drive(machine, robot, 2);
    robot.heading += 0.3;
    drive(machine, robot, 2);
    expect(drive(machine, robot, 5)).toBeLessThan(0.02);
  });

  it('leaves the line when nobody steers', () => {
    const machine = new Machine(board, [module]);
    machine.paramSet('follower', 'gain', 0);
    machine.paramSet('follower', 'damp', 0);
    expect(drive(machine, new Robot(), 10)).toBeGreaterThan(0.1);
  });

  it('drives as fast as it is told', () => {
    const machine = new Machine(board, [module]);
    const robot = new Robot();
    machine.paramSet('follower', 'speed', 20);
    drive(machine, robot, 5);
    expect(robot.travelled).toBeCloseTo(5 * 0.2 * 0.8, 1);
  });
});
