import { expect } from 'vitest';
import type { Rig } from '../../sdk/model/index.js';
import { tars } from '../program.js';
import { advance, expectMessages, expectPin, ms, suite } from '../suite.js';

/** Divides by a parameter: 0/0 of f32 is NaN without a trap, and the output that gets it faults. */
const FRAGILE = (wire: (role: string) => string): string => `behaviour fragile
  use motor: pwm.duty = pin("${wire('motor')}") at 1kHz safe 0pct
  use led: gpio.out = pin("${wire('led')}") safe low
  param d: f32 = 1 in 0 ..= 10
  var n: f32 = 0
  led.set(true)
  every 10ms { motor.set((n / d) * 1pct) }`;

const COUNTER = (extra = ''): string => `behaviour counter
  ${extra}
  message N { n: i32 }
  publish out: N = "n"
  param step: i32 = 1 in 0 ..= 100
  var n: i32 = 0
  every 10ms { n += step; out.send({ n }) }`;

suite('parameters', ['virtual-time'], (hil) => {
  hil('a parameter is read, set and used from the next reaction on', async ({ rig }) => {
    const m = await rig([tars(COUNTER())]);
    expect(await m.paramGet('counter', 'step')).toBe(1);
    await advance(m, ms(10));
    await m.paramSet('counter', 'step', 10);
    expect(await m.paramGet('counter', 'step')).toBe(10);
    await advance(m, ms(10));
    await expectMessages(m, 'n', [[1], [11]]);
  });

  hil('a value out of range or a name that does not exist is refused', async ({ rig }) => {
    const m = await rig([tars(COUNTER())]);
    await expect(m.paramSet('counter', 'step', 101)).rejects.toMatchObject({ row: 4 });
    await expect(m.paramSet('counter', 'stride', 1)).rejects.toMatchObject({ row: 2 });
    expect(await m.paramGet('counter', 'step')).toBe(1);
  });

  hil('a range of i64 is exact at its ends', async ({ rig }) => {
    const m = await rig([
      tars('behaviour wide\n  param p: i64 = 9007199254740993 in 9007199254740993 ..= 9007199254740995'),
    ]);
    await expect(m.paramSet('wide', 'p', 9007199254740992n)).rejects.toMatchObject({ row: 4 });
    await m.paramSet('wide', 'p', 9007199254740995n);
    await expect(m.paramSet('wide', 'p', 9007199254740996n)).rejects.toMatchObject({ row: 4 });
  });

  hil('a change is an event', async ({ rig }) => {
    const m = await rig([
      tars(`behaviour listens
      message Q { q: f32 }
      publish out: Q = "q"
      param q: f32 = 0.5 in 0 ..= 1
      on q.change { out.send({ q }) }`),
    ]);
    await m.paramSet('listens', 'q', 0.25);
    await expectMessages(m, 'q', [[0.25]]);
  });
});

suite('faults', ['pins', 'pwm', 'virtual-time'], (hil) => {
  hil('a fault sets the safe state and the behaviour starts again after its delay', async ({ rig, wire }) => {
    const m = await rig([tars(FRAGILE(wire))]);
    await advance(m, ms(10));
    await expectPin(m, 'led', 1);
    await m.paramSet('fragile', 'd', 0);
    await advance(m, ms(10));
    await expectPin(m, 'led', 0);
    expect((await m.status('fragile')).status).toBe('restarting');
    await advance(m, ms(100));
    await expectPin(m, 'led', 1);
    expect(await m.status('fragile')).toEqual({ status: 'running', fault: 99, faults: 1 });
  });

  hil('delays double, then it is parked; start begins anew', async ({ rig, wire }) => {
    const m = await rig([tars(FRAGILE(wire))]);
    await m.paramSet('fragile', 'd', 0);
    await advance(m, ms(10 + 100 + 10 + 200 + 10 + 400 + 10 + 800 + 10));
    expect(await m.status('fragile')).toMatchObject({ status: 'parked', faults: 5 });
    await advance(m, ms(60_000));
    expect((await m.status('fragile')).faults).toBe(5);
    await m.paramSet('fragile', 'd', 1);
    await m.start('fragile');
    await advance(m, ms(1000));
    expect((await m.status('fragile')).status).toBe('running');
    await expectPin(m, 'led', 1);
  });

  hil('a neighbour misses nothing', async ({ rig, wire }) => {
    const m = await rig([
      tars(FRAGILE(wire)),
      tars(`behaviour neighbour
      use led2: gpio.out = pin("${wire('led2')}")
      every 10ms { led2.toggle() }`),
    ]);
    await m.paramSet('fragile', 'd', 0);
    await advance(m, ms(10_000));
    expect((await m.pinGet(wire('led2'))).edges).toBe(1000);
  });

  hil('stop sets the safe state, start begins anew', async ({ rig, wire }) => {
    const m = await rig([tars(FRAGILE(wire))]);
    await m.stop('fragile');
    await expectPin(m, 'led', 0);
    expect((await m.status('fragile')).status).toBe('stopped');
    await m.start('fragile');
    await expectPin(m, 'led', 1);
  });
});

suite('swap', ['pins', 'virtual-time'], (hil) => {
  hil('carries variables and parameters by name, and keeps the phase', async ({ rig }) => {
    const m = await rig([tars(COUNTER())]);
    await m.paramSet('counter', 'step', 7);
    await advance(m, ms(25));
    await m.install([tars(COUNTER('var inserted: i32 = 5\n  param before: f32 = 1 in 0 ..= 1'))]);
    await advance(m, ms(4));
    await expectMessages(m, 'n', [[7], [14]]);
    await advance(m, ms(1));
    await expectMessages(m, 'n', [[7], [14], [21]]);
  });

  hil('a variable of another type starts anew', async ({ rig }) => {
    const m = await rig([tars(COUNTER())]);
    await advance(m, ms(20));
    await m.install([
      tars(
        COUNTER()
          .replace('n: i32 = 0', 'n: i32 mV = 0mV')
          .replace('n += step; out.send({ n })', 'n += 1mV; out.send({ n: 100 })'),
      ),
    ]);
    await advance(m, ms(10));
    await expectMessages(m, 'n', [[1], [2], [100]]);
  });

  hil('outputs hold their levels, and an unchanged neighbour goes on', async ({ rig, wire }) => {
    const lamp = (extra: string): Uint8Array =>
      tars(`behaviour lamp
      use led: gpio.out = pin("${wire('led')}")
      ${extra}
      every 10ms { led.set(true) }`);
    const m = await rig([lamp(''), tars(COUNTER())]);
    await advance(m, ms(15));
    await m.install([lamp('var unused: i32 = 0'), tars(COUNTER())]);
    expect(await m.pinGet(wire('led'))).toEqual({ level: 1, edges: 1 });
    await advance(m, ms(5));
    await expectMessages(m, 'n', [[1], [2]]);
  });

  hil('an output that goes over to another behaviour is as that one wants it', async ({ rig, wire }) => {
    const lamp = (name: string, safe: string, extra: string): Uint8Array =>
      tars(`behaviour ${name}
      ${safe === '' ? '' : `use led: gpio.out = pin("${wire('led')}") safe ${safe}`}
      ${extra}`);
    const m = await rig([lamp('takes', '', ''), lamp('gives', 'high', '')]);
    await expectPin(m, 'led', 1);
    await m.install([lamp('takes', 'low', ''), lamp('gives', '', 'var unused: i32 = 0')]);
    await expectPin(m, 'led', 0);
  });

  hil('of two inputs on one pin each goes on in its own interval', async ({ rig, wire }) => {
    const watch = (extra: string): Uint8Array =>
      tars(`behaviour watch
      use fast: gpio.in = pin("${wire('button')}", pull: down)
      use slow: gpio.in = pin("${wire('button')}", pull: down, debounce: 20ms)
      message E { n: i32 }
      publish out: E = "edges"
      ${extra}
      on fast.edge { out.send({ n: 1 }) }
      on slow.edge { out.send({ n: 2 }) }`);
    const m = await rig([watch('')]);
    await m.pinSet(wire('button'), 1);
    await advance(m, ms(10));
    await m.install([watch('var unused: i32 = 0')]);
    await advance(m, ms(20));
    await expectMessages(m, 'edges', [[1], [2]]);
  });
});

suite('retain', ['power', 'virtual-time'], (hil) => {
  const KEPT = `behaviour kept
    message N { n: i32, m: i32 }
    publish out: N = "kept"
    retain var n: i32 = 0
    var m: i32 = 0
    every 10ms {
      n += 1
      m += 1
      if n == 3 { save() }
      out.send({ n, m })
    }`;

  hil('survives a power cut at its last checkpoint', async ({ rig }) => {
    const m = await rig([tars(KEPT)]);
    await advance(m, ms(45));
    await m.power();
    await advance(m, ms(10));
    const messages = await m.messages();
    expect(messages.at(-1)?.fields).toEqual([4, 1]);
  });

  hil('comes back to a version that retains it too, not to one that does not', async ({ rig }) => {
    const plain = tars(KEPT.replace('retain var n', 'var n').replace('{ save() }', '{ m += 0 }'));
    const m = await rig([tars(KEPT)]);
    await advance(m, ms(35));
    await m.install([plain]);
    await m.power();
    await advance(m, ms(10));
    expect((await m.messages()).at(-1)?.fields).toEqual([1, 1]);
    await m.install([tars(KEPT)]);
    await m.power();
    await advance(m, ms(10));
    expect((await m.messages()).at(-1)?.fields).toEqual([4, 1]);
  });

  hil('is at its last checkpoint when a behaviour was out of the app meanwhile', async ({ rig }) => {
    const m = await rig([tars(KEPT)]);
    await advance(m, ms(45));
    await m.install([tars(COUNTER())]);
    await m.install([tars(KEPT)]);
    await advance(m, ms(10));
    expect((await m.messages()).at(-1)?.fields).toEqual([4, 1]);
  });

  hil('is saved by itself every minute', async ({ rig }) => {
    const m = await rig([tars(KEPT.replace('every 10ms', 'every 50ms'))]);
    await advance(m, ms(60_200));
    await m.power();
    await advance(m, ms(50));
    const [n = 0] = (await m.messages()).at(-1)?.fields ?? [];
    // The checkpoint of `save` at 150 ms delays the next one to 60.15 s, just before tick 1203.
    expect(n).toBe(1203);
  });

  /** `x` never changes by itself. */
  const still = (declaration: string): Uint8Array =>
    tars(`behaviour still
      message N { x: i32 }
      publish out: N = "still"
      ${declaration}
      every 100ms { out.send({ x }) }`);

  const seen = async (m: Rig): Promise<number | undefined> => {
    await advance(m, ms(100));
    return (await m.messages()).at(-1)?.fields[0];
  };

  hil('keeps a first value that never changed, whatever a later version says', async ({ rig }) => {
    const m = await rig([still('retain var x: i32 = 5')]);
    await m.install([still('retain var x: i32 = 6')]);
    expect(await seen(m)).toBe(5);
    await m.power();
    expect(await seen(m)).toBe(5);
  });

  hil('keeps a variable that a later version adds, or makes a retained one', async ({ rig }) => {
    const m = await rig([still('var x: i32 = 5\n      retain var y: i32 = 1')]);
    await m.install([still('retain var x: i32 = 6\n      retain var y: i32 = 1')]);
    await m.install([still('retain var x: i32 = 7\n      retain var y: i32 = 1')]);
    await m.power();
    expect(await seen(m)).toBe(5);
  });

  hil('keeps what an operator has set before the answer', async ({ rig }) => {
    const m = await rig([still('retain param x: i32 = 5')]);
    await m.paramSet('still', 'x', 9);
    await m.power();
    expect(await seen(m)).toBe(9);
    await m.install([still('retain param x: i32 = 6')]);
    expect(await seen(m)).toBe(9);
    await m.power();
    expect(await seen(m)).toBe(9);
  });

  hil('keeps the value of the declaration, if an operator has set that', async ({ rig }) => {
    const m = await rig([still('retain param x: i32 = 5')]);
    await m.paramSet('still', 'x', 5);
    await m.install([still('retain param x: i32 = 6')]);
    expect(await seen(m)).toBe(5);
    await m.power();
    expect(await seen(m)).toBe(5);
  });

  for (const retain of ['', 'retain '])
    hil(`a ${retain}param that nobody has set takes the value of the next version`, async ({ rig }) => {
      const m = await rig([still(`${retain}param x: i32 = 5`)]);
      await advance(m, ms(retain === '' ? 0 : 61_000));
      await m.install([still(`${retain}param x: i32 = 6`)]);
      expect(await seen(m)).toBe(6);
      await m.power();
      expect(await seen(m)).toBe(6);
    });

  hil('a param that was set goes over a swap, and without retain over no reboot', async ({ rig }) => {
    const m = await rig([still('param x: i32 = 5')]);
    await m.paramSet('still', 'x', 6);
    await m.install([still('param x: i32 = 6')]);
    await m.install([still('param x: i32 = 7')]);
    expect(await seen(m)).toBe(6);
    await m.power();
    expect(await seen(m)).toBe(7);
  });

  hil('what a range has refused does not come back', async ({ rig }) => {
    const m = await rig([still('retain param x: i32 = 5 in 0 ..= 100')]);
    await m.paramSet('still', 'x', 50);
    await m.install([still('retain param x: i32 = 6 in 0 ..= 10')]);
    expect(await seen(m)).toBe(6);
    await m.install([still('retain param x: i32 = 7 in 0 ..= 100')]);
    expect(await seen(m)).toBe(7);
    await m.power();
    expect(await seen(m)).toBe(7);
  });
});
