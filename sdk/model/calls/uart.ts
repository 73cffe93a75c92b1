import { type CallFunction, operand, textField } from '../context.js';
import { failure } from './result.js';

export const uart = {
  'uart.write_u8': (site) => {
    const taken = site.caller.world.devices.serial.write(textField(site.use, 'name'), operand(site, 0));
    return taken ? 0 : failure('full');
  },
  'uart.read_u8': ({ caller, use }) => caller.world.devices.serial.read(textField(use, 'name')) ?? failure('empty'),
} as const satisfies Record<string, CallFunction>;
