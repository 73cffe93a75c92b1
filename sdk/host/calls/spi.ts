import { type CallFunction, type CallSite, operand, textField } from '../context.js';
import { highFirst } from './result.js';

function transfer(site: CallSite, sent: readonly number[]): number[] {
  return site.caller.world.devices.spi.transfer(textField(site.use, 'name'), textField(site.use, 'select'), sent);
}

export const spi = {
  'spi.transfer_u8': (site) => highFirst(transfer(site, [operand(site, 0) & 0xff])),
  'spi.transfer_u16': (site) => highFirst(transfer(site, [(operand(site, 0) >>> 8) & 0xff, operand(site, 0) & 0xff])),
  'spi.read_u8': (site) => transfer(site, [(operand(site, 0) & 0xff) | 0x80, 0])[1] ?? 0,
  'spi.write_u8': (site) => {
    transfer(site, [operand(site, 0) & 0x7f, operand(site, 1) & 0xff]);
    return 0;
  },
} as const satisfies Record<string, CallFunction>;
