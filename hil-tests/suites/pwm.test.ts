import { expect } from 'vitest';
import { tars } from '../program.js';
import { advance, expectPulse, ms, suite } from '../suite.js';

suite('pwm', ['pwm', 'virtual-time'], (hil) => {
  hil('a pulse starts safe, follows the program and saturates', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour servo
      use servo: pwm.pulse = pin("${wire('servo')}") at 50Hz safe 1500us in 1000us ..= 2000us
      var pulse: i32 us = 1800us
      every 20ms { servo.set(pulse); pulse += 300us }`),
    ]);
    await expectPulse(m, 'servo', 1500);
    await advance(m, ms(20));
    await expectPulse(m, 'servo', 1800);
    await advance(m, ms(20));
    await expectPulse(m, 'servo', 2000);
    expect(await m.pwmGet(wire('servo'))).toMatchObject({ frequency: 50, duty: 10 });
  });

  hil('a duty cycle is limited on both sides', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour motor
      use motor: pwm.duty = pin("${wire('motor')}") at 1kHz safe 0pct
      var duty: f32 pct = 60pct
      every 10ms { motor.set(duty); duty = -2 * duty }`),
    ]);
    const duties: number[] = [];
    for (let i = 0; i < 3; i++) {
      await advance(m, ms(10));
      duties.push((await m.pwmGet(wire('motor'))).duty);
    }
    expect(duties).toEqual([60, 0, 100]);
  });

  hil('an output refuses NaN: the behaviour faults and the output is safe', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour motor
      use motor: pwm.duty = pin("${wire('motor')}") at 1kHz safe 5pct
      var zero: f32 = 0
      every 10ms {
        motor.set(50pct)
        motor.set((zero / zero) * 1pct)
      }`),
    ]);
    await advance(m, ms(10));
    expect((await m.pwmGet(wire('motor'))).duty).toBe(5);
    expect(await m.status('motor')).toEqual({ status: 'restarting', fault: 99, faults: 1 });
  });

  hil('a new version keeps what the older one left, but no more than it may set itself', async ({ rig, wire }) => {
    const version = (servo: string, motor: string, code = ''): Uint8Array =>
      tars(`behaviour both
      use servo: pwm.pulse = pin("${wire('servo')}") safe hold ${servo}
      use motor: pwm.duty = pin("${wire('motor')}") safe hold ${motor}
      ${code}`);
    const m = await rig([version('at 50Hz', 'at 1kHz', 'servo.set(2000us)\nmotor.set(80pct)')]);
    await m.install([version('at 100Hz', 'at 2kHz')]);
    expect(await m.pwmGet(wire('servo'))).toMatchObject({ pulse: 2000, frequency: 100 });
    expect(await m.pwmGet(wire('motor'))).toMatchObject({ duty: 80, frequency: 2000 });
    await m.install([version('at 1kHz in 100us ..= 900us', 'at 2kHz max 50pct')]);
    expect(await m.pwmGet(wire('servo'))).toMatchObject({ pulse: 900, duty: 90, frequency: 1000 });
    expect(await m.pwmGet(wire('motor'))).toMatchObject({ duty: 50, frequency: 2000 });
  });
});
