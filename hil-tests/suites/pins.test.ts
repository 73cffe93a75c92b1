import { expect } from 'vitest';
import { tars } from '../program.js';
import { advance, expectPin, ms, suite } from '../suite.js';

suite('pins', ['pins', 'virtual-time'], (hil) => {
  hil('an output starts in its safe level and toggles with its period', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour blink
      use led: gpio.out = pin("${wire('led')}") safe high
      every 10ms { led.toggle() }`),
    ]);
    await expectPin(m, 'led', 1);
    await advance(m, ms(9));
    await expectPin(m, 'led', 1);
    await advance(m, ms(1));
    await expectPin(m, 'led', 0);
    await advance(m, ms(95));
    expect((await m.pinGet(wire('led'))).edges).toBe(11);
  });

  hil('an active-low output is electrically inverted', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour inverted
      use led: gpio.out = pin("${wire('led')}", active: low)
      every 10ms { led.set(true) }`),
    ]);
    await expectPin(m, 'led', 1);
    await advance(m, ms(10));
    await expectPin(m, 'led', 0);
  });

  hil('an edge arrives in the reaction of its own moment', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour follow
      use input: gpio.in = pin("${wire('input')}")
      use led: gpio.out = pin("${wire('led')}")
      on input.edge { led.set(input.read()) }`),
    ]);
    for (const level of [1, 0, 1] as const) {
      await m.pinSet(wire('input'), level);
      await expectPin(m, 'led', level);
    }
  });

  hil('a pin that an app drove is an input of the next one', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour drives
      use out: gpio.out = pin("${wire('input')}") safe high`),
    ]);
    await expectPin(m, 'input', 1);
    await m.install([
      tars(`behaviour listens
      use input: gpio.in = pin("${wire('input')}")
      use led: gpio.out = pin("${wire('led')}")
      on input.edge { led.set(input.read()) }`),
    ]);
    await m.pinSet(wire('input'), 0);
    await expectPin(m, 'led', 0);
    for (const level of [1, 0] as const) {
      await m.pinSet(wire('input'), level);
      await expectPin(m, 'led', level);
    }
  });

  hil('press and release are told apart, with pull-up and active low', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour count
      use button: gpio.in = pin("${wire('button')}", pull: up, active: low)
      use led: gpio.out = pin("${wire('led')}")
      use led2: gpio.out = pin("${wire('led2')}")
      on button.press { led.toggle() }
      on button.release { led2.toggle() }`),
    ]);
    await m.pinSet(wire('button'), 0);
    await expectPin(m, 'led', 1);
    await expectPin(m, 'led2', 0);
    await m.pinSet(wire('button'), 'float');
    await expectPin(m, 'led2', 1);
  });

  hil('bounces are ignored until the level is stable', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour debounced
      use button: gpio.in = pin("${wire('button')}", pull: up, active: low, debounce: 20ms)
      use led: gpio.out = pin("${wire('led')}")
      on button.press { led.toggle() }`),
    ]);
    for (const level of [0, 1, 0, 1, 0] as const) {
      await m.pinSet(wire('button'), level);
      await advance(m, ms(5));
    }
    await expectPin(m, 'led', 0);
    await advance(m, ms(15) - 1);
    await expectPin(m, 'led', 0);
    await advance(m, 1);
    await expectPin(m, 'led', 1);
  });

  hil('a glitch shorter than the interval is no edge', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour glitch
      use button: gpio.in = pin("${wire('button')}", pull: up, active: low, debounce: 20ms)
      use led: gpio.out = pin("${wire('led')}")
      on button.press { led.toggle() }`),
    ]);
    await m.pinSet(wire('button'), 0);
    await advance(m, ms(19));
    await m.pinSet(wire('button'), 1);
    await advance(m, ms(100));
    expect((await m.pinGet(wire('led'))).edges).toBe(0);
  });
});
