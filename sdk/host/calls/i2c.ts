import { type CallFunction, type CallSite, numberField, operand, textField } from '../context.js';
import { failure, highFirst, signed16 } from './result.js';

/** Reads `count` bytes from the register in operand 0; the big-endian number or an error. */
function read(site: CallSite, count: number): number {
  const { use, caller } = site;
  const answer = caller.world.devices.i2c.read(textField(use, 'name'), numberField(use, 'address'), operand(site, 0) & 0xff, count);
  return typeof answer === 'string' ? failure(answer) : highFirst(answer);
}

function write(site: CallSite, data: readonly number[]): number {
  const { use, caller } = site;
  const error = caller.world.devices.i2c.write(textField(use, 'name'), numberField(use, 'address'), operand(site, 0) & 0xff, data);
  return error === undefined ? 0 : failure(error);
}

export const i2c = {
  'i2c.read_i16be': (site) => signed16(read(site, 2)),
  'i2c.read_u16be': (site) => read(site, 2),
  'i2c.read_u8': (site) => read(site, 1),
  'i2c.write_u8': (site) => write(site, [operand(site, 1) & 0xff]),
  'i2c.write_u16be': (site) => write(site, [(operand(site, 1) >>> 8) & 0xff, operand(site, 1) & 0xff]),
} as const satisfies Record<string, CallFunction>;
