/**
 * What random programs declare and use of a board: a row for each, also for a new kind of handle. Their methods come
 * from the rows of the contract.
 */
import { calls, type HostCall } from '../../hal/contract/index.js';
import type { Named } from './generate-expression.js';

/** An event of a handle. */
interface Waited {
  /** The event as `on` and `await` write it. */
  readonly event: string;
  /** What can be read in its trails, and nowhere else. */
  readonly says?: readonly Named[];
  /** Loops wait for it, too. */
  readonly awaited?: true;
}

interface Thing {
  readonly declaration: string;
  /** Values of it that can't fail and can be read anywhere. */
  readonly names?: readonly Named[];
  readonly events?: readonly Waited[];
  /**
   * What another behaviour of the same app has instead, in the order of replacement: it must not share an output or a
   * device.
   */
  readonly other?: readonly (readonly [string | RegExp, string])[];
}

const named = (text: string, type: Named['type']): Named => ({ text, type, mutable: false });

const things: readonly Thing[] = [
  { declaration: 'use led: gpio.out = board.LED', other: [['board.LED', 'board.LED2']] },
  {
    declaration: 'use button: gpio.in = board.BUTTON(pull: up, active: low, debounce: 3ms)',
    events: [{ event: 'button.press', awaited: true }],
  },
  {
    declaration: 'use probe: gpio.in = board.PA0',
    events: [{ event: 'probe.edge', says: [named('probe.level', 'bool')], awaited: true }],
  },
  {
    declaration: 'use echo: pulse.in = board.PA1(pull: down, timeout: 4ms)',
    events: [
      { event: 'echo.echo', says: [named('(echo.width / 1us)', 'u32')], awaited: true },
      { event: 'echo.timeout' },
    ],
  },
  { declaration: 'use servo: pwm.pulse = board.SERVO1 safe 1500us', other: [['board.SERVO1', 'board.SERVO2']] },
  { declaration: 'use motor: pwm.duty = board.MOTOR_L safe 0pct', other: [['board.MOTOR_L', 'board.MOTOR_R']] },
  { declaration: 'use sensor: i2c = board.I2C1 at 0x48', other: [['at 0x48', 'at 0x49']] },
  { declaration: 'use device: spi = board.SPI1 select board.PA4', other: [['select board.PA4', 'select board.PA5']] },
  { declaration: 'use gauge: adc = board.A0' },
  { declaration: 'use tick: timer', events: [{ event: 'tick' }] },
  {
    declaration: 'param gain: f32 = 0.5 in -2.0 ..= 2.0',
    names: [named('gain', 'f32')],
    events: [{ event: 'gain.change' }],
  },
  { declaration: 'param level: i32 = 7 in -1000 ..= 1000', names: [named('level', 'i32')] },
  { declaration: 'param enabled: bool = true', names: [named('enabled', 'bool')] },
  {
    declaration: `message Mixed { a: i32, b: f32, c: bool, d: u8, e: u32 }
publish out: Mixed = "out" max 200Hz
subscribe inbox: Mixed = "in" queue 3`,
    events: [
      {
        event: 'inbox',
        says: [
          named('inbox.a', 'i32'),
          named('inbox.b', 'f32'),
          named('inbox.c', 'bool'),
          named('inbox.d', 'u8'),
          named('inbox.e', 'u32'),
        ],
      },
    ],
    // Each hears what the other says.
    other: [
      ['= "out"', '= "between"'],
      ['= "in"', '= "out"'],
      ['= "between"', '= "in"'],
    ],
  },
  {
    declaration: 'use port: uart = board.UART1',
    events: [{ event: 'port.receive', says: [named('port.waiting', 'u32')] }],
    // The board has one serial port only.
    other: [
      [/^use port.*$/m, ''],
      [/port\.read_u8\(\)/g, 'sensor.read_u8(reg: 7)'],
      [/port\.write_u8\(/g, 'sensor.write_u8(reg: 8, value: '],
      [/port\.waiting/g, 'g_u32'],
      ['on port.receive', 'on level.change'],
    ],
  },
];

export const declarations = things.map(({ declaration }) => declaration).join('\n');

/** A method of a handle, and the call behind it. */
interface Method {
  /** The method without its arguments, as a program writes it: `led.toggle`. */
  readonly text: string;
  readonly call: HostCall;
}

const takes = ({ kinds, timer }: HostCall, kind: string): boolean =>
  timer ? kind === 'timer' : kinds.some((name) => name === kind);

/** Every method of every handle that is declared. */
const methods: readonly Method[] = [...declarations.matchAll(/^use (\w+): ([\w.]+)/gm)].flatMap(
  ([, handle, kind = '']) =>
    calls.flatMap((call) =>
      call.method !== undefined && takes(call, kind) ? [{ text: `${handle}.${call.method}`, call }] : [],
    ),
);

/** Methods that can fail. */
export const fallible = methods.filter(({ call }) => call.errors.length > 0);
/** Methods that are statements and can't fail. */
export const effects = methods.filter(({ call }) => call.errors.length === 0 && call.result === undefined);

/** Values that can be read anywhere. */
export const readable: readonly Named[] = [
  ...things.flatMap(({ names }) => names ?? []),
  ...methods.flatMap(({ text, call: { errors, params, result } }) =>
    errors.length === 0 && params.length === 0 && result ? [named(`${text}()`, result.type)] : [],
  ),
];

/** Events that `on` can wait for. */
export const events: readonly Waited[] = things.flatMap((thing) => thing.events ?? []);

/** The program as a second behaviour beside one from the same generator. */
export function besides(source: string): string {
  const replaced: (readonly [string | RegExp, string])[] = things.flatMap(({ other }) => other ?? []);
  return replaced.reduce(
    (text, [from, to]) => text.replace(from, to),
    source.replace('behaviour random', 'behaviour other'),
  );
}
