import { type CallFunction, operand } from '../context.js';

/** Times stay below 2^53 µs, 285 years: later than that is never. */
export const timer = {
  'timer.after': (site) => {
    site.caller.armTimer(site.handle, site.caller.event.timeUs + Math.max(operand(site, 0), 0));
  },
  'timer.cancel': ({ caller, handle }) => {
    caller.cancelTimer(handle);
  },
  'timer.now': ({ caller }) => BigInt(caller.event.timeUs),
} as const satisfies Record<string, CallFunction>;
