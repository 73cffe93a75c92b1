import { type CallFunction, type CallSite, numberField, operand, textField } from '../context.js';
import { checkWireTime, failure, highFirst, signed16 } from './result.js';

/** Start, stop and repeated start; every byte is followed by its acknowledgement. */
const FRAMING_BITS = 3;
const BITS_PER_BYTE = 9;

/** Address and `sent` bytes, then address again and `received` bytes if there are any. */
function checkTransfer({ use }: CallSite, sent: number, received: number): void {
  const bytes = 1 + sent + (received > 0 ? 1 + received : 0);
  checkWireTime(FRAMING_BITS + BITS_PER_BYTE * bytes, numberField(use, 'speed'));
}

/** Reads `count` bytes from the register in operand 0; the big-endian number or an error. */
function read(site: CallSite, count: number): number {
  const { use, caller } = site;
  checkTransfer(site, 1, count);
  const answer = caller.world.devices.i2c.read(
    textField(use, 'name'),
    numberField(use, 'address'),
    operand(site, 0),
    count,
  );
  return typeof answer === 'string' ? failure(answer) : highFirst(answer);
}

function write(site: CallSite, data: readonly number[]): number {
  const { use, caller } = site;
  checkTransfer(site, 1 + data.length, 0);
  const error = caller.world.devices.i2c.write(
    textField(use, 'name'),
    numberField(use, 'address'),
    operand(site, 0),
    data,
  );
  return error === undefined ? 0 : failure(error);
}

export const i2c = {
  'i2c.read_i16be': (site) => signed16(read(site, 2)),
  'i2c.read_u16be': (site) => read(site, 2),
  'i2c.read_u8': (site) => read(site, 1),
  'i2c.write_u8': (site) => write(site, [operand(site, 1)]),
  'i2c.write_u16be': (site) => write(site, [operand(site, 1) >>> 8, operand(site, 1) & 0xff]),
} as const satisfies Record<string, CallFunction>;
