import { expect } from 'vitest';
import { tars } from '../program.js';
import { advance, expectMessages, expectPin, ms, suite } from '../suite.js';

const TALKER = `behaviour talker
  message Count { n: i32, half: f32 }
  publish out: Count = "count"
  var n: i32 = 0
  every 10ms {
    n += 1
    out.send({ n, half: f32(n) / 2 })
  }`;

suite('topics', ['pins', 'virtual-time'], (hil) => {
  hil('a message reaches the other behaviour in the same instant', async ({ rig, wire }) => {
    const m = await rig([
      tars(TALKER),
      tars(`behaviour listener
      use led: gpio.out = pin("${wire('led')}")
      message Count { n: i32, half: f32 }
      subscribe count: Count = "count"
      on count { led.set(count.half == 1.5) }`),
    ]);
    await advance(m, ms(29));
    await expectPin(m, 'led', 0);
    await advance(m, ms(1));
    await expectPin(m, 'led', 1);
    await expectMessages(m, 'count', [
      [1, 0.5],
      [2, 1],
      [3, 1.5],
    ]);
  });

  hil('more than the declared rate is dropped and counted', async ({ rig }) => {
    const m = await rig([tars(TALKER.replace('"count"', '"count" max 25Hz'))]);
    await advance(m, ms(100));
    await expectMessages(m, 'count', [
      [1, 0.5],
      [5, 2.5],
      [9, 4.5],
    ]);
    expect((await m.stats('talker')).limited).toBe(7);
  });

  hil('latest keeps one message, a queue keeps as many as it says', async ({ rig }) => {
    const burst = tars(
      `behaviour burst
      message N { n: i32 }
      publish out: N = "burst"
      every 10ms { for i in 0 ..= 5 { out.send({ n: i }) } }`,
      { priority: 9 },
    );
    const listener = (name: string, clause: string): Uint8Array =>
      tars(`behaviour ${name}
      message N { n: i32 }
      subscribe burst: N = "burst" ${clause}
      publish out: N = "${name}"
      on burst { out.send({ n: burst.n }) }`);
    const m = await rig([burst, listener('latest', ''), listener('queued', 'queue 3')]);
    await advance(m, ms(10));
    await expectMessages(m, 'latest', [[5]]);
    await expectMessages(m, 'queued', [[0], [1], [2]]);
    expect((await m.stats('queued')).dropped).toBe(3);
  });

  hil('of two events at one instant the higher priority is handled first', async ({ rig }) => {
    const beat = (name: string, priority: number): Uint8Array =>
      tars(
        `behaviour ${name}
      message P { p: u8 }
      publish out: P = "order"
      every 10ms { out.send({ p: ${priority} }) }`,
        { priority },
      );
    const m = await rig([beat('low', 1), beat('high', 7), beat('middle', 4)]);
    await advance(m, ms(10));
    await expectMessages(m, 'order', [[7], [4], [1]]);
  });

  hil('an operator publishes to behaviours, and a message of another form is refused', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour lamp
      use led: gpio.out = pin("${wire('led')}")
      message Switch { lit: bool }
      subscribe switch: Switch = "lamp"
      on switch { led.set(switch.lit) }`),
    ]);
    await m.publish('lamp', [1]);
    await expectPin(m, 'led', 1);
    await expect(m.publish('lamp', [1, 1])).rejects.toMatchObject({ row: 1 });
    await expect(m.publish('nobody', [1])).rejects.toMatchObject({ row: 2 });
  });

  hil('log lines carry their arguments', async ({ rig }) => {
    const m = await rig([
      tars(`behaviour logger
      var n: i32 = 0
      every 10ms { n -= 1; log "n is {}, half {}", n, f32(n) / 2 }`),
    ]);
    await advance(m, ms(10));
    const [line] = await m.logs();
    expect(line).toMatchObject({ behaviour: 'logger', text: 'n is {}, half {}', fields: [-1, -0.5] });
  });
});
