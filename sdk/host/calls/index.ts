/** Every host call of the contract, and the check in front of them all. */
import { calls, groups, type HostCall } from '../../../hal/contract/index.js';
import type { CallFunction, Caller } from '../context.js';
import { Fault } from '../fault.js';
import type { Use } from '../manifest.js';
import type { Operand } from '../trace.js';
import { adc } from './adc.js';
import { gpio } from './gpio.js';
import { i2c } from './i2c.js';
import { log } from './log.js';
import { message } from './message.js';
import { param } from './param.js';
import { pwm } from './pwm.js';
import { spi } from './spi.js';
import { timer } from './timer.js';
import { uart } from './uart.js';

type CallName = (typeof groups)[keyof typeof groups][number]['name'];

/** A call of the contract without a line here doesn't compile. */
const functions: Readonly<Record<CallName, CallFunction>> = {
  ...gpio, ...pwm, ...i2c, ...spi, ...adc, ...uart, ...timer, ...message, ...param, ...log,
};

const rows: ReadonlyMap<number, HostCall> = new Map(calls.map((row) => [row.id, row]));

/** Stands for the row of a handle where a call takes none. */
const NO_USE: Use = { kind: 'timer', fields: {} };

/** The row of a call. */
export function callRow(id: number): HostCall {
  const row = rows.get(id);
  if (row === undefined) throw new Fault('denied');
  return row;
}

/** Checks the capability, then the handle or timer id, then runs the call. Throws Fault. */
export function invoke(caller: Caller, row: HostCall, operands: readonly Operand[]): Operand | undefined {
  const { manifest } = caller;
  if (!manifest.calls.includes(row.id)) throw new Fault('denied');
  const run = functions[row.name as CallName];
  if (row.kinds.length === 0 && row.timer !== true) return run({ caller, use: NO_USE, handle: -1, operands }) ?? undefined;
  const handle = Number(operands[0]);
  const rest = operands.slice(1);
  if (row.timer === true) {
    if (handle < 0 || handle >= manifest.timers) throw new Fault('handle');
    return run({ caller, use: NO_USE, handle, operands: rest }) ?? undefined;
  }
  const use = manifest.uses[handle];
  if (use === undefined || !row.kinds.includes(use.kind)) throw new Fault('handle');
  return run({ caller, use, handle, operands: rest }) ?? undefined;
}
