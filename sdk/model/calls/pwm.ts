import { type CallFunction, numberField, operand, textField } from '../context.js';

export const pwm = {
  'pwm.set_us': (site) => {
    const pulse = Math.min(Math.max(operand(site, 0), numberField(site.use, 'min')), numberField(site.use, 'max'));
    site.caller.world.devices.pwm.setPulse(textField(site.use, 'name'), pulse);
  },
  'pwm.set_duty': (site) => {
    const duty = operand(site, 0);
    const limited = Math.min(Math.max(duty, 0), numberField(site.use, 'max'));
    site.caller.world.devices.pwm.setDuty(textField(site.use, 'name'), limited);
  },
} as const satisfies Record<string, CallFunction>;
