import type { ErrorRow } from './types.js';

/** Codes below 64 can be returned by a host call; 64 and up are reasons of refusal or of a fault. Never reused. */
export const errors = [
  { code: 1, name: 'invalid', text: 'the request is malformed', cure: 'update tars so that host and board speak the same contract' },
  { code: 2, name: 'unknown', text: 'no such name', cure: 'list what the board has with `tars ps`, `tars param` or `tars boards`' },
  { code: 3, name: 'denied', text: 'not allowed', cure: 'declare the capability with `use`, or open the port physically' },
  { code: 4, name: 'range', text: 'value outside the declared range', cure: 'use a value inside the range, or widen the declaration' },
  { code: 5, name: 'nack', text: 'the device on the bus did not acknowledge', cure: 'check wiring, address and power of the device' },
  { code: 6, name: 'timeout', text: 'no answer in time', cure: 'check the device, or give it more time' },
  { code: 7, name: 'busy', text: 'in use', cure: 'try again when the other operation has finished' },
  { code: 8, name: 'empty', text: 'nothing to read', cure: 'wait for the event that announces data' },
  { code: 9, name: 'full', text: 'the queue is full', cure: 'send less often, or make the queue longer' },
  { code: 10, name: 'io', text: 'the hardware reported an error', cure: 'check the hardware; `tars logs` may say more' },
  { code: 64, name: 'nospace', text: 'the flash is full', cure: 'remove modules that are no longer used, or flash a smaller app' },
  { code: 65, name: 'nomem', text: 'the module does not fit the behaviour\'s arena', cure: 'make the behaviour smaller, or give it a larger arena in the board file' },
  { code: 66, name: 'class', text: 'the app was built for another class of board', cure: 'build it with --board for this board' },
  { code: 67, name: 'state', text: 'not possible in this state', cure: 'look at `tars ps` and start or stop first' },
  { code: 68, name: 'digest', text: 'the bytes do not have the digest that was announced', cure: 'send them again' },
  { code: 69, name: 'module', text: 'the Wasm module breaks a rule of the ABI', cure: 'build it with `tars build`; `tars inspect` names the rule' },
  { code: 70, name: 'manifest', text: 'the manifest is malformed', cure: 'build the module with `tars build`' },
  { code: 71, name: 'missing_call', text: 'the board lacks a host call that the module needs', cure: 'update the firmware, or avoid the call' },
  { code: 72, name: 'conflict', text: 'two behaviours of the app claim the same output or bus address', cure: 'let one behaviour own it and talk to it over a topic' },
  { code: 73, name: 'abi', text: 'the module was built for another ABI version', cure: 'build it again with this version of tars' },
  { code: 74, name: 'corrupt', text: 'the store holds a damaged record', cure: 'flash the app again' },
  { code: 75, name: 'unconfirmed', text: 'the trial was not confirmed in time, the old app is back', cure: 'flash again and keep the link open until the end' },
  { code: 76, name: 'too_long', text: 'longer than the limit', cure: 'shorten it; `docs/host-calls.md` lists the limits' },
  { code: 77, name: 'stack', text: 'the module needs more stack than the board has', cure: 'reduce nesting and locals' },
  { code: 96, name: 'trap', text: 'the module trapped', cure: 'look at the last log lines and the faulting reaction' },
  { code: 97, name: 'budget', text: 'a reaction exceeded its budget', cure: 'do less per event, or raise the budget in the board file' },
  { code: 98, name: 'handle', text: 'a host call got a handle that does not exist or is of another kind', cure: 'declare it with `use`; hand-made modules: check the handle numbering' },
  { code: 99, name: 'nan', text: 'an output was given NaN', cure: 'guard the computation against 0/0 and infinities' },
  { code: 100, name: 'message', text: 'the fields put do not match the message that was sent', cure: 'put every field once, in order, with its type' },
  { code: 101, name: 'parked', text: 'the behaviour failed too often and was parked', cure: 'fix it and flash it again, or `tars start` it' },
] as const satisfies readonly ErrorRow[];

/** A fallible call returns `ERROR_BASE - code`, so any 16-bit value and its error fit one i32. */
export const ERROR_BASE = -65536;
