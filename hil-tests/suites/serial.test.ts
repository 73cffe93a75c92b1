import { expect } from 'vitest';
import type { Rig } from '../../sdk/model/index.js';
import { tars } from '../program.js';
import { advance, expectMessages, ms, suite } from '../suite.js';

const bytes = (count: number, first = 1): Uint8Array => Uint8Array.from({ length: count }, (_, i) => first + i);

/** What a board logs, as `text`. */
const texts = async (m: Rig): Promise<string[]> => (await m.logs()).map(({ text }) => text);

suite('bytes that wait', ['uart', 'virtual-time'], (hil) => {
  /** Reads one byte an event; `uses` and `trails`: what else it declares and does. */
  const reader = (uart: string, uses = '', trails = ''): string => `behaviour reader
  use port: uart = pin("${uart}")
  message Got { byte: u8, waiting: u32 }
  publish out: Got = "got"
  ${uses}
  on port.receive {
    let byte = port.read_u8() else { continue }
    out.send({ byte, waiting: port.waiting })
  }
  ${trails}`;

  hil('are announced until they are read, one by one', async ({ rig, wire }) => {
    const m = await rig([tars(reader(wire('uart')))]);
    await m.uartSend(wire('uart'), bytes(10));
    await expectMessages(
      m,
      'got',
      Array.from(bytes(10), (byte) => [byte, 11 - byte]),
    );
    expect((await m.stats('reader')).reactions).toBe(1 + 10);
  });

  hil('are announced to a trail that awaits them late', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour slow
      use port: uart = pin("${wire('uart')}")
      message Got { byte: u8 }
      publish out: Got = "got"
      loop {
        await port.receive
        let byte = port.read_u8() else { continue }
        out.send({ byte })
        sleep 5ms
      }`),
    ]);
    await m.uartSend(wire('uart'), bytes(4));
    await expectMessages(m, 'got', [[1]]);
    await advance(m, ms(50));
    await expectMessages(m, 'got', [[1], [2], [3], [4]]);
  });

  hil('are announced at the start if they came while it was stopped', async ({ rig, wire }) => {
    const m = await rig([tars(reader(wire('uart')))]);
    await m.stop('reader');
    await m.uartSend(wire('uart'), bytes(3));
    await advance(m, ms(1));
    await expectMessages(m, 'got', []);
    await m.start('reader');
    await expectMessages(m, 'got', [
      [1, 3],
      [2, 2],
      [3, 1],
    ]);
  });

  hil('are announced at a restart', async ({ rig, wire }) => {
    const m = await rig([
      tars(
        reader(
          wire('uart'),
          `use motor: pwm.duty = pin("${wire('motor')}") safe 0pct
           param d: f32 = 1 in 0 ..= 1`,
          'on d.change { motor.set((d - d) / d * 1pct) }',
        ),
      ),
    ]);
    await m.paramSet('reader', 'd', 0);
    expect((await m.status('reader')).status).toBe('restarting');
    await m.uartSend(wire('uart'), bytes(2, 7));
    await expectMessages(m, 'got', []);
    await advance(m, ms(100));
    await expectMessages(m, 'got', [
      [7, 2],
      [8, 1],
    ]);
  });

  hil('go to the next version', async ({ rig, wire }) => {
    const deaf = `behaviour reader
      use port: uart = pin("${wire('uart')}")
      every 10ms { }`;
    const m = await rig([tars(deaf)]);
    await m.uartSend(wire('uart'), bytes(2));
    await advance(m, ms(5));
    await m.install([tars(reader(wire('uart')))]);
    await expectMessages(m, 'got', [
      [1, 2],
      [2, 1],
    ]);
  });

  hil('give no behaviour work for ever that does not read them', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour deaf
      use port: uart = pin("${wire('uart')}")
      message Told { waiting: u32 }
      publish out: Told = "told"
      on port.receive { out.send({ waiting: port.waiting }) }
      every 10ms { }`),
    ]);
    await m.uartSend(wire('uart'), bytes(2));
    await m.uartSend(wire('uart'), bytes(1));
    await expectMessages(m, 'told', [[2], [3]]);
    await advance(m, ms(25)); // again after each of the two ticks
    await expectMessages(m, 'told', [[2], [3], [3], [3]]);
    expect((await m.stats('deaf')).reactions).toBe(1 + 2 + 2 + 2);
  });

  hil('are lost where the port has no room, which is counted and logged', async ({ rig, wire }) => {
    const m = await rig([tars(reader(wire('uart')))]);
    const line = 'serial port full: bytes are lost';
    await m.stop('reader');
    await m.uartSend(wire('uart'), new Uint8Array(200));
    expect((await m.stats('reader')).dropped).toBe(0);
    await m.uartSend(wire('uart'), new Uint8Array(100));
    await m.uartSend(wire('uart'), new Uint8Array(5));
    expect((await m.stats('reader')).dropped).toBe(44 + 5);
    expect(await texts(m)).toEqual([line]);
    await m.start('reader');
    await advance(m, ms(1));
    expect((await m.messages()).length).toBe(256);
    await m.stop('reader');
    await m.uartSend(wire('uart'), new Uint8Array(256));
    await m.uartSend(wire('uart'), new Uint8Array(1));
    expect(await texts(m)).toEqual([line, line]);
    expect((await m.stats('reader')).dropped).toBe(44 + 5 + 1);
  });
});
