import { type CallFunction, textField } from '../context.js';

export const adc = {
  'adc.read_mv': ({ caller, use }) => caller.world.devices.analogMv.get(textField(use, 'name')) ?? 0,
} as const satisfies Record<string, CallFunction>;
