import { tars } from '../program.js';
import { advance, expectMessages, ms, suite, type WiredRig } from '../suite.js';

/** Says the width of each pulse, and 0 for one that is given up. */
const ranger = (pin: string, options: string, more = ''): Uint8Array =>
  tars(`behaviour ranger
  use echo: pulse.in = pin("${pin}"${options})
  message Width { width: u32 us }
  publish out: Width = "widths"
  ${more}
  on echo.echo { out.send({ width: echo.width }) }
  on echo.timeout { out.send({ width: 0us }) }`);

/** A pulse of that width on the input, with time before it. */
async function pulse(m: WiredRig, us: number, active: 0 | 1 = 1): Promise<void> {
  await advance(m, 137);
  await m.pinSet(m.wire('input'), active);
  await advance(m, us);
  await m.pinSet(m.wire('input'), active === 1 ? 0 : 1);
}

suite('pulses', ['pins', 'virtual-time'], (hil) => {
  hil('each pulse says its width, to the microsecond', async ({ rig, wire }) => {
    const m = await rig([ranger(wire('input'), ', pull: down')]);
    for (const us of [1, 580, 23_529]) await pulse(m, us);
    await expectMessages(m, 'widths', [[1], [580], [23_529]]);
  });

  hil('a pulse of an active-low pin is the time that it is low', async ({ rig, wire }) => {
    const m = await rig([ranger(wire('input'), ', pull: up, active: low')]);
    for (const us of [300, 4000]) await pulse(m, us, 0);
    await expectMessages(m, 'widths', [[300], [4000]]);
  });

  hil('a pulse that lasts for the timeout is given up then, and its end says nothing', async ({ rig, wire }) => {
    const m = await rig([ranger(wire('input'), ', pull: down, timeout: 5ms')]);
    await pulse(m, ms(5) - 1);
    await expectMessages(m, 'widths', [[4999]]);
    await m.pinSet(wire('input'), 1);
    await advance(m, ms(5) - 1);
    await expectMessages(m, 'widths', [[4999]]);
    await advance(m, 1);
    await expectMessages(m, 'widths', [[4999], [0]]);
    await advance(m, ms(3));
    await m.pinSet(wire('input'), 0);
    await advance(m, ms(20));
    await pulse(m, 700);
    await expectMessages(m, 'widths', [[4999], [0], [700]]);
  });

  hil('a pulse that began before the behaviour is not measured', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour another
      var n: i32 = 0
      every 1s { n += 1 }`),
    ]);
    await m.pinSet(wire('input'), 1);
    await advance(m, ms(1));
    await m.install([ranger(wire('input'), '')]);
    await advance(m, ms(1));
    await m.pinSet(wire('input'), 0);
    await pulse(m, 250);
    await expectMessages(m, 'widths', [[250]]);
  });

  hil('a pulse goes on in the next version, unless that means another thing by it', async ({ rig, wire }) => {
    const m = await rig([ranger(wire('input'), '')]);
    await m.pinSet(wire('input'), 1);
    await advance(m, ms(2));
    await m.install([ranger(wire('input'), '', 'var unused: i32 = 0')]);
    await advance(m, ms(3));
    await m.pinSet(wire('input'), 0);
    await expectMessages(m, 'widths', [[5000]]);
    await m.pinSet(wire('input'), 1);
    await m.install([ranger(wire('input'), ', timeout: 9ms')]);
    await advance(m, ms(20));
    await m.pinSet(wire('input'), 0);
    await pulse(m, 250);
    await expectMessages(m, 'widths', [[5000], [250]]);
  });

  hil('the pin of a pulse can be an input of its own, too', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour both
      use echo: pulse.in = pin("${wire('input')}", pull: down)
      use level: gpio.in = pin("${wire('input')}", pull: down)
      message N { n: u32 }
      publish out: N = "both"
      on echo.echo { out.send({ n: echo.width / 1us }) }
      on level.press { out.send({ n: 1 }) }
      on level.release { out.send({ n: 0 }) }`),
    ]);
    await pulse(m, 42);
    await expectMessages(m, 'both', [[1], [42], [0]]);
  });
});
