import { expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { compile } from './index.js';
import { KALMAN } from './testing/programs.js';

/** Diagnostics on a board without these groups, each as its code, its place in the source and its title. */
function found(source: string, ...without: readonly string[]): readonly string[] {
  const board = { ...virtual, name: 'small', calls: virtual.calls.filter((group) => !without.includes(group)) };
  return compile(source, { file: 'b.tars', board }).diagnostics.map(
    ({ code, span, title }) => `${code} ${source.slice(span.start, span.end)}: ${title}`,
  );
}

const SPI = `behaviour gyro
use s: spi = board.SPI1 mode 0 max 1000kHz select board.PA4
use led: gpio.out = board.LED
fn who(): u8 { let id = s.read_u8(reg: 0x0f) else { return 0 }
  return id }
every 10ms { if who() == 0x42 { led.toggle() } }
`;

it('names the call, the board and the place for a group that the board lacks', () => {
  expect(found(SPI, 'spi')).toEqual(['T0228 s.read_u8(reg: 0x0f): board `small` has no host call `spi.read_u8`']);
  expect(found(SPI, 'uart', 'i2c', 'message', 'timer', 'log', 'pwm', 'adc', 'param')).toEqual([]);
});

it('finds calls that stand for words of the language', () => {
  expect(found(KALMAN, 'message')).toEqual(['T0228 out.send({ x, p }): board `small` has no host call `msg.put_f32`']);
  expect(found('behaviour b\nloop { sleep 1s; log "tick" }\n', 'log', 'timer')).toEqual([
    'T0228 sleep 1s: board `small` has no host call `timer.after`',
    'T0228 log "tick": board `small` has no host call `log.emit`',
  ]);
});

it('compiles what needs none of the missing groups to the same bytes', () => {
  const compiled = (calls: readonly string[]) => compile(SPI, { file: 'b.tars', board: { ...virtual, calls } }).module;
  expect(compiled(['spi', 'gpio'])).toEqual(compiled(virtual.calls));
  expect(compiled(['spi', 'gpio'])?.length).toBeGreaterThan(50);
});
