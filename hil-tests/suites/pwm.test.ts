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
});
