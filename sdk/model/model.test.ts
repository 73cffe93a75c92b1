import { describe, expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { CborFloat } from '../wire/index.js';
import { Model } from './model.js';
import { handmade } from './testing/handmade.js';

const BLINK = `(module
  (import "t" "1" (func $toggle (param i32)))
  (func (export "r") (param i32 i32)
    (br_if 0 (i32.eqz (local.get 0)))
    (call $toggle (i32.const 0))))`;
const blink = (extra = {}): Uint8Array =>
  handmade(BLINK, { name: 'blink', calls: [1], uses: [[1, 'LED']], sources: [[0, 500_000]], ...extra });

/** Reacts to a press with a timer that is armed again by each press; on expiry it toggles. */
const LATE = `(module
  (import "t" "1" (func $toggle (param i32)))
  (import "t" "6" (func $after (param i32 i64)))
  (func (export "r") (param $source i32) (param $argument i32)
    (if (i32.eq (local.get $source) (i32.const 1)) (then (call $after (i32.const 0) (i64.const 10000))))
    (if (i32.eq (local.get $source) (i32.const -1)) (then (call $toggle (i32.const 0))))))`;
const late = (input: readonly (string | number)[]): Uint8Array =>
  handmade(LATE, { name: 'late', calls: [1, 6], uses: [[1, 'LED'], input], sources: [[1, 1, 1]], timers: 1 });

/** Counts periods in a retained global and a parameter, and sends both; traps when the parameter is 0. */
const COUNTER = `(module
  (import "t" "9" (func $put (param i32)))
  (import "t" "4" (func $send (param i32)))
  (import "t" "s" (func $save))
  (global $kept (mut i32) (i32.const 0))
  (global $step (mut i32) (i32.const 1))
  (func (export "r") (param $source i32) (param $argument i32)
    (br_if 0 (i32.eqz (local.get $source)))
    (if (i32.eqz (global.get $step)) (then (unreachable)))
    (global.set $kept (i32.add (global.get $kept) (global.get $step)))
    (if (i32.eq (global.get $kept) (i32.const 3)) (then (call $save)))
    (call $put (global.get $kept))
    (call $send (i32.const 0))))`;
const counter = (extra = {}): Uint8Array =>
  handmade(COUNTER, {
    name: 'counter',
    calls: [4, 9, 28],
    uses: [
      [10, 'count', 0, 'n:i32'],
      [12, 'step', 1, 1, 0, 9],
    ],
    sources: [[0, 10_000]],
    state: [
      [77, 0, 1],
      [78, 1],
    ],
    ...extra,
  });

describe('periods and pins', () => {
  it('delivers start and then each period, without drift', () => {
    const model = new Model(virtual, [blink()]);
    model.advance(1_200_000);
    expect(model.trace.text()).toBe('R 0 blink 0 0\nR 500000 blink 1 0\nC 1 0 = -\nR 1000000 blink 1 0\nC 1 0 = -\n');
    expect(model.pin('LED')).toBe(0);
    expect(model.devices.pins.edges('LED')).toBe(2);
  });

  it('reports an edge when the level was stable for the whole interval', () => {
    const model = new Model(virtual, [late([2, 'PC13', 1, 1, 20_000])]);
    model.trace.clear();
    for (const level of [0, 1, 0] as const) {
      model.pinSet('PC13', level);
      model.advance(5_000);
    }
    model.advance(30_000);
    expect(model.trace.text()).toBe('R 30000 late 1 1\nC 6 0 10000 = -\nR 40000 late -1 0\nC 1 0 = -\n');
  });

  it('drops the expiry of a timer that was armed again', () => {
    const model = new Model(virtual, [late([2, 'PC13', 1, 1])]);
    model.trace.clear();
    for (const level of [0, 1, 0, 1] as const) model.pinSet('PC13', level);
    model.advance(9_999);
    model.pinSet('PC13', 0);
    model.advance(10_000);
    expect(model.trace.text().match(/-1 0/g)).toHaveLength(1);
    expect(model.pin('LED')).toBe(1);
  });
});

describe('faults', () => {
  it('sets safe outputs, restarts with doubled delays and parks', () => {
    const model = new Model(virtual, [counter({ restart: [100, 3] })]);
    model.paramSet('counter', 'step', 0);
    model.advance(10_000);
    expect(model.status('counter')).toBe('restarting');
    model.advance(100_000);
    expect(model.status('counter')).toBe('running');
    model.advance(10_000 + 200_000 + 10_000);
    expect(model.status('counter')).toBe('parked');
    const times = model.trace
      .text()
      .split('\n')
      .filter((line) => line.startsWith('F'));
    expect(times).toEqual(['F 10000 counter 96', 'F 120000 counter 96', 'F 330000 counter 96']);
  });

  it.each([
    ['handle of another kind', { uses: [[2, 'LED']] }, 98],
    ['handle out of range', { uses: [] }, 98],
  ])('stops a call: %s', (_what, extra, code) => {
    const model = new Model(virtual, [blink(extra)]);
    model.advance(500_000);
    expect(model.trace.text()).toContain(`C 1 0 = !${code}\nF 500000 blink ${code}\n`);
  });
});

describe('state', () => {
  it('keeps retained variables over a power cut from the last checkpoint', () => {
    const model = new Model(virtual, [counter()]);
    model.advance(45_000);
    model.power();
    model.advance(10_000);
    expect(model.messages.map(({ fields }) => fields[0])).toEqual([1, 2, 3, 4, 4]);
  });

  it('carries variables, parameters and the phase over a swap', () => {
    const model = new Model(virtual, [counter()]);
    model.advance(25_000);
    model.paramSet('counter', 'step', 5);
    model.install([
      counter({
        state: [
          [78, 1],
          [77, 0, 1],
        ],
        uses: [
          [10, 'count', 0, 'n:i32'],
          [12, 'step', 0, 1, 0, 9],
        ],
      }),
    ]);
    model.advance(5_000);
    expect(model.messages.at(-1)).toEqual({ timeUs: 30_000, topic: 'count', fields: [7] });
  });

  it('keeps what waits in a serial port over a swap, unless its speed changes', () => {
    const reader = (baud: number, priority: number): Uint8Array =>
      handmade('(module (func (export "r") (param i32 i32)))', {
        name: 'reader',
        priority,
        uses: [[8, 'UART1', baud]],
      });
    const model = new Model(virtual, [reader(9600, 0)]);
    model.uartSend('UART1', [1, 2, 3]);
    model.install([reader(9600, 1)]);
    expect(model.devices.serial.read('UART1')).toBe(1);
    model.install([reader(19_200, 1)]);
    expect(model.devices.serial.read('UART1')).toBeUndefined();
  });

  it('refuses a parameter outside its range', () => {
    const model = new Model(virtual, [counter()]);
    expect(() => {
      model.paramSet('counter', 'step', 10);
    }).toThrow('range');
    expect(() => {
      model.paramSet('counter', 'gain', 1);
    }).toThrow('unknown');
  });
});

describe('topics', () => {
  /** Sends the number of its period; depth and rate come from the manifests. */
  const talker = (rate: number): Uint8Array =>
    counter({
      name: 'talker',
      uses: [
        [10, 'count', rate, 'n:i32'],
        [12, 'step', 1, 1, 0, 9],
      ],
    });
  const LISTENER = `(module
    (import "t" "p" (func $get (param i32) (result i32)))
    (import "t" "7" (func $write (param i32 i32)))
    (func (export "r") (param i32 i32)
      (if (local.get 0) (then (call $write (i32.const 1) (i32.and (call $get (i32.const 0)) (i32.const 1)))))))`;
  const listener = (priority: number, depth: number): Uint8Array =>
    handmade(LISTENER, {
      name: 'listener',
      calls: [7, 25],
      priority,
      uses: [
        [11, 'count', 'n:i32', ...(depth > 0 ? [depth] : [])],
        [1, 'LED2'],
      ],
      sources: [[2, 0]],
    });

  it('delivers a message at the logical time of its publisher', () => {
    const model = new Model(virtual, [talker(0), listener(1, 0)]);
    model.trace.clear();
    model.advance(10_000);
    expect(model.trace.text()).toBe(
      'R 10000 talker 1 0\nC 9 1 = -\nC 4 0 = -\nR 10000 listener 1 0\nC p 0 = 1\nC 7 1 1 = -\n',
    );
  });

  it('drops what comes faster than the declared rate', () => {
    const model = new Model(virtual, [talker(40)]);
    model.advance(100_000);
    expect(model.messages.map(({ timeUs }) => timeUs)).toEqual([10_000, 40_000, 70_000, 100_000]);
    expect(model.stats('talker').limited).toBe(6);
  });

  it('checks what an operator publishes', () => {
    const model = new Model(virtual, [listener(0, 2)]);
    model.publish('count', [-7]);
    expect(model.pin('LED2')).toBe(1);
    expect(() => {
      model.publish('count', [2 ** 31]);
    }).toThrow('range');
    expect(() => {
      model.publish('count', []);
    }).toThrow('invalid');
    expect(() => {
      model.publish('nobody', [1]);
    }).toThrow('unknown');
  });
});

describe('refusals', () => {
  it.each([
    ['start section', '(module (func $f) (start $f) (func (export "r") (param i32 i32)))', 'start section'],
    ['unknown call', '(module (import "t" "zz" (func)) (func (export "r") (param i32 i32)))', 'missing_call'],
    ['foreign import', '(module (import "env" "1" (func)) (func (export "r") (param i32 i32)))', 'import env.1'],
    ['growing memory', '(module (memory 1 2) (func (export "r") (param i32 i32)))', 'can grow'],
    ['second export', '(module (func (export "r") (param i32 i32)) (func (export "x")))', 'export x'],
    ['no entry', '(module)', 'no export r'],
  ])('refuses a module with %s', (_what, wat, reason) => {
    expect(() => new Model(virtual, [handmade(wat, { name: 'bad' })])).toThrow(reason);
  });

  it.each([
    ['that the manifest does not say', '(memory 1 1)', 0, '0 bytes of memory in a module with 1 pages'],
    ['that it lacks', '', 8, '8 bytes of memory in a module with 0 pages'],
    ['of bytes that are no whole units', '(memory 1 1)', 100, '100 bytes'],
    ['of fewer pages than the manifest says', '(memory 1 1)', 65544, '65544 bytes'],
    ['that its data do not fit into', '(memory 1 1) (data (i32.const 7) "ab")', 8, 'data at 7'],
    ['that its data lie far outside of', '(memory 1 1) (data (i32.const -8) "ab")', 8, 'data at 4294967288'],
  ])('refuses a module with a memory %s', (_what, wat, memory, reason) => {
    const module = handmade(`(module ${wat} (func (export "r") (param i32 i32)))`, {
      name: 'bad',
      bounds: [64, memory, 0, 0],
    });
    expect(() => new Model(virtual, [module])).toThrow(reason);
  });

  it('refuses a variable outside the bytes of memory', () => {
    const place = (offset: number): Uint8Array =>
      handmade('(module (memory 1 1) (data (i32.const 0) "\\07") (func (export "r") (param i32 i32)))', {
        name: 'held',
        state: [[1, offset, 2]],
        bounds: [64, 16, 0, 0],
      });
    expect(() => new Model(virtual, [place(12)])).not.toThrow();
    expect(() => new Model(virtual, [place(13)])).toThrow('state table');
  });

  it('refuses a call that the manifest does not ask for', () => {
    expect(() => new Model(virtual, [blink({ calls: [] })])).toThrow('denied');
  });

  it('refuses two behaviours that claim one output, and a pin that the board lacks', () => {
    expect(() => new Model(virtual, [blink(), blink({ name: 'other' })])).toThrow('conflict');
    expect(() => new Model(virtual, [blink({ uses: [[1, 'PX9']] })])).toThrow('PX9');
  });

  it.each<[string, readonly (number | string)[], readonly (number | string)[], boolean]>([
    ['an output that another one reads', [1, 'PA4'], [2, 'PA4'], true],
    ['inputs of one pin', [2, 'PA4'], [2, 'PA4'], false],
    ['a chip select that another one drives', [7, 'SPI1', 'PA4'], [1, 'PA4'], true],
    ['a chip select that another one reads', [7, 'SPI1', 'PA4'], [2, 'PA4'], true],
    ['one chip select on one bus', [7, 'SPI1', 'PA4'], [7, 'SPI1', 'PA4'], true],
    ['two devices of one bus', [7, 'SPI1', 'PA4'], [7, 'SPI1', 'PA5'], false],
    ['two addresses of one bus', [6, 'I2C1', 0x20], [6, 'I2C1', 0x21], false],
  ])('of two behaviours: %s', (_what, mine, theirs, refused) => {
    const idle = (name: string, use: readonly (number | string)[]): Uint8Array =>
      handmade('(module (func (export "r") (param i32 i32)))', { name, uses: [use] });
    for (const pair of [
      [mine, theirs],
      [theirs, mine],
    ] as const) {
      const make = (): Model =>
        new Model(
          virtual,
          pair.map((use, index) => idle(`b${index}`, use)),
        );
      if (refused) expect(make).toThrow('conflict');
      else expect(make).not.toThrow();
    }
  });
});

it('saturates a pulse and refuses NaN for a duty', () => {
  const wat = `(module (import "t" "5" (func $us (param i32 i32))) (import "t" "b" (func $duty (param i32 f32)))
    (func (export "r") (param i32 i32) (call $us (i32.const 0) (i32.const 9000)) (call $duty (i32.const 1) (f32.const nan))))`;
  const model = new Model(virtual, [
    handmade(wat, {
      name: 'out',
      calls: [5, 11],
      uses: [
        [3, 'SERVO1', 1500],
        [4, 'MOTOR_L', new CborFloat(0)],
      ],
    }),
  ]);
  expect(model.trace.text()).toBe('R 0 out 0 0\nC 5 0 9000 = -\nC b 1 nan = !99\nF 0 out 99\n');
  expect(model.pwm('SERVO1')).toMatchObject({ pulseUs: 1500, writes: 3 });
});
