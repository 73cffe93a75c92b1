import { expect } from 'vitest';
import { tars } from '../program.js';
import { advance, expectMessages, expectPin, ms, suite } from '../suite.js';

suite('timing', ['pins', 'virtual-time'], (hil) => {
  hil('periods do not drift, and those of one instant run in source order', async ({ rig }) => {
    const m = await rig([
      tars(`behaviour beat
      message Beat { who: u8, at: i32 us }
      publish out: Beat = "beat"
      every 3ms { out.send({ who: 3, at: i32(now()) }) }
      every 2ms { out.send({ who: 2, at: i32(now()) }) }`),
    ]);
    const start = await m.advance(0);
    await advance(m, ms(6));
    const at = (us: number): number => start + us;
    await expectMessages(m, 'beat', [
      [2, at(2000)],
      [3, at(3000)],
      [2, at(4000)],
      [3, at(6000)],
      [2, at(6000)],
    ]);
  });

  hil('a one-shot timer expires once; arming again replaces, cancelling drops', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour once
      use input: gpio.in = pin("${wire('input')}")
      use stop: gpio.in = pin("${wire('button')}")
      use led: gpio.out = pin("${wire('led')}")
      use late: timer
      on input.edge { late.after(10ms) }
      on stop.edge { late.cancel() }
      on late { led.toggle() }`),
    ]);
    await m.pinSet(wire('input'), 1);
    await advance(m, ms(9));
    await m.pinSet(wire('input'), 0);
    await advance(m, ms(9));
    await expectPin(m, 'led', 0);
    await advance(m, ms(1));
    await expectPin(m, 'led', 1);
    await m.pinSet(wire('input'), 1);
    await m.pinSet(wire('button'), 1);
    await advance(m, ms(50));
    await expectPin(m, 'led', 1);
  });

  hil('a loop sleeps on logical time', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour sleeper
      use led: gpio.out = pin("${wire('led')}")
      loop {
        sleep 3ms
        led.toggle()
        sleep 7ms
        led.toggle()
      }`),
    ]);
    await advance(m, ms(3));
    await expectPin(m, 'led', 1);
    await advance(m, ms(7) - 1);
    await expectPin(m, 'led', 1);
    await advance(m, 1);
    await expectPin(m, 'led', 0);
    await advance(m, ms(990));
    expect((await m.pinGet(wire('led'))).edges).toBe(200);
  });

  hil('what sleeps goes on after messages have filled the queue', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour sleeper
      use led: gpio.out = pin("${wire('led')}")
      message N { n: u8 }
      publish out: N = "n"
      subscribe in: N = "n" queue 16
      var zero: duration = 0us
      loop {
        for i in 0 .. 30 { out.send({ n: 1 }) }
        sleep zero
        led.toggle()
        sleep 9ms
      }
      on in { for i in 0 .. 2 { if in.n > 0 { out.send({ n: 0 }) } } }`),
    ]);
    await advance(m, ms(5));
    await expectPin(m, 'led', 1);
    expect((await m.stats('sleeper')).dropped).toBe(14 + 16);
  });
});
