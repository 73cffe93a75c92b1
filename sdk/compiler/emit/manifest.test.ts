import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildGood } from '../testing/programs.js';

/** A `use` and the fields of its handle that are not the contract's defaults or names. */
const uses: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['gpio.out = board.LED', { safe: 0, active: 0 }],
  ['gpio.out = board.LED(active: low) safe hold', { safe: 2, active: 1 }],
  ['gpio.out = pin("LED") safe high', { safe: 1 }],
  ['gpio.in = board.BUTTON(pull: down, debounce: 1.5ms)', { pull: 2, active: 0, debounce: 1500 }],
  ['pwm.pulse = board.SERVO1 safe hold', { safe: -1, frequency: 50, min: 500, max: 2500 }],
  [
    'pwm.pulse = board.SERVO1 at 0.3kHz safe 1ms in 1ms ..= 2000us',
    { safe: 1000, frequency: 300, min: 1000, max: 2000 },
  ],
  ['pwm.duty = board.MOTOR_L at 20kHz safe 0pct max 80pct', { safe: 0, frequency: 20_000, max: 80 }],
  ['pwm.duty = board.MOTOR_L safe 12.5pct', { safe: 12.5, frequency: 1000, max: 100 }],
  ['adc = board.A0', { name: 'A0' }],
  ['i2c = board.I2C1 at 0x48', { address: 0x48, speed: 100 }],
  ['spi = board.SPI1 select board.PA4 max 8000kHz mode 3', { select: 'PA4', speed: 8000, mode: 3 }],
  ['uart = board.UART1 at 9600', { baud: 9600 }],
];

describe('the manifest', () => {
  it.each(uses)('use x: %s', (text, fields) => {
    const { manifest } = buildGood(`behaviour t\nuse x: ${text}\n`);
    expect(manifest.uses).toEqual([{ kind: text.split(' ')[0], fields: expect.objectContaining(fields) as unknown }]);
  });

  it('numbers handles, sources and timers in the order of the source', () => {
    const { manifest, program } = buildGood(`behaviour t
use a: timer
message M { v: f32 m/s, n: u8 }
publish out: M = "x/y" max 50Hz
use b: gpio.in = board.BUTTON
subscribe into: M = "x/y" queue 4
retain param p: u8 = 3 in 1 ..= 9
use c: uart = board.UART1
use d: timer
every 5ms catchup(3) { }
on b.release { }
loop { sleep 1s; await b.press; await p.change }
on b.press { }
on c.receive { }
on d { }
on into { }
every 5ms { }
loop { await b.edge; await b.press; sleep 1ms }
`);
    expect(manifest.uses.map((use) => use.kind)).toEqual([
      'timer',
      'publish',
      'gpio.in',
      'subscribe',
      'param',
      'uart',
      'timer',
    ]);
    expect(manifest.sources.map(({ kind, fields }) => [kind, ...Object.values(fields).map(Number)])).toEqual([
      ['every', 5000, 3],
      ['edge', 2, 2],
      ['edge', 2, 1],
      ['param', 4],
      ['uart', 5],
      ['message', 3],
      ['every', 5000, 0],
      ['edge', 2, 3],
    ]);
    expect(manifest.timers).toBe(4);
    expect(manifest.uses[1]?.fields).toEqual({ topic: 'x/y', rate: 50, schema: 'v:f32 m/s,n:u8' });
    expect(manifest.uses[3]?.fields).toMatchObject({ depth: 4 });
    expect(manifest.uses[4]?.fields).toEqual({ name: 'p', slot: 0, type: 1, min: 1, max: 9, unit: '' });
    expect(program.timers.map((timer) => timer.name)).toEqual(['a', 'd', undefined, undefined]);
    expect(manifest.bounds.length).toBe(2 + 2 * (1 + 8 + 4));
  });

  it('lists variables by the hash of name, type and unit', () => {
    const { manifest } = buildGood(
      'behaviour t\nparam a: bool = true\nretain var b: f32 m*V/s^2 = 0m * 1V / 1s / 1s\nvar c = 5ms\nretain var ' +
        'd: i16 = -3\n',
    );
    const hash = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);
    expect(manifest.state).toEqual([
      { hash: hash('a:bool:'), place: 0, flags: 0, size: 4 },
      { hash: hash('b:f32:V*m/s^2'), place: 1, flags: 1, size: 4 },
      { hash: hash('c:i64:us'), place: 2, flags: 0, size: 8 },
      { hash: hash('d:i16:'), place: 3, flags: 1, size: 4 },
    ]);
  });

  it('asks for exactly the calls that the code makes', () => {
    const { manifest } = buildGood(
      'behaviour t\nuse led: gpio.out = board.LED\nfn never() { led.toggle() }\nevery 5ms { led.set(true); log ' +
        '"x {}", 1; log "y"; log "x {}", 2 }\n',
    );
    expect(manifest.calls).toEqual([7, 9, 29]);
    expect(manifest.logs).toEqual(['x {}', 'y']);
  });
});
