import { type CallFunction, type CallSite, numberField, operand, textField } from '../context.js';
import { checkWireTime, highFirst } from './result.js';

function transfer(site: CallSite, sent: readonly number[]): number[] {
  checkWireTime(8 * sent.length, numberField(site.use, 'speed'));
  return site.caller.world.devices.spi.transfer(textField(site.use, 'name'), textField(site.use, 'select'), sent);
}

export const spi = {
  'spi.transfer_u8': (site) => highFirst(transfer(site, [operand(site, 0)])),
  'spi.transfer_u16': (site) => highFirst(transfer(site, [operand(site, 0) >>> 8, operand(site, 0) & 0xff])),
  'spi.read_u8': (site) => transfer(site, [operand(site, 0) | 0x80, 0])[1] ?? 0,
  'spi.write_u8': (site) => {
    transfer(site, [operand(site, 0) & 0x7f, operand(site, 1)]);
    return 0;
  },
} as const satisfies Record<string, CallFunction>;
