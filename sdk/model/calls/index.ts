/** Every host call of the contract, and the check in front of them all. */
import { calls, groups, type HostCall, type Scalar } from '../../../hal/contract/index.js';
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
  ...gpio,
  ...pwm,
  ...i2c,
  ...spi,
  ...adc,
  ...uart,
  ...timer,
  ...message,
  ...param,
  ...log,
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

/** Ranges of the parameter types that a 32-bit operand may miss. */
const NARROW: Readonly<Partial<Record<Scalar, readonly [number, number]>>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  i8: [-0x80, 0x7f],
  i16: [-0x8000, 0x7fff],
};

/** Parameters fit their types, and no output gets a NaN. */
function checkParams(row: HostCall, operands: readonly Operand[]): void {
  row.params.forEach(({ type }, i) => {
    const value = Number(operands[i]);
    const range = NARROW[type];
    if (range !== undefined && (value < range[0] || value > range[1])) throw new Fault('range');
    if (row.cost === 'pin' && Number.isNaN(value)) throw new Fault('nan');
  });
}

/** Checks the capability, then the handle or timer id, then the parameters, then runs the call. Throws Fault. */
export function invoke(caller: Caller, row: HostCall, operands: readonly Operand[]): Operand | undefined {
  const { manifest } = caller;
  if (!manifest.calls.includes(row.id)) throw new Fault('denied');
  const run = functions[row.name as CallName];
  const takesHandle = row.kinds.length > 0 || row.timer === true;
  const handle = takesHandle ? Number(operands[0]) : -1;
  const use = row.kinds.length > 0 ? manifest.uses[handle] : NO_USE;
  if (row.timer === true && (handle < 0 || handle >= manifest.timers)) throw new Fault('handle');
  if (use === undefined || (row.kinds.length > 0 && !row.kinds.includes(use.kind))) throw new Fault('handle');
  const rest = takesHandle ? operands.slice(1) : operands;
  checkParams(row, rest);
  return run({ caller, use, handle, operands: rest }) ?? undefined;
}
