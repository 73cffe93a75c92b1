import { type CallFunction, operand } from '../context.js';

export const gpio = {
  'gpio.toggle': ({ caller, handle }) => {
    caller.write(handle, caller.level(handle) === 0 ? 1 : 0);
  },
  'gpio.write': (site) => {
    site.caller.write(site.handle, operand(site, 0) === 0 ? 0 : 1);
  },
  'gpio.read': ({ caller, use, handle }) => (use.kind === 'gpio.out' ? caller.level(handle) : caller.input(handle)),
} as const satisfies Record<string, CallFunction>;
