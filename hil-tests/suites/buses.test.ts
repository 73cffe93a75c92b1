import { expect } from 'vitest';
import { tars } from '../program.js';
import { advance, expectMessages, ms, suite } from '../suite.js';

const READER = (bus: string): string => `behaviour reader
  use sensor: i2c = pin("${bus}") at 0x48 max 400kHz
  message Reading { value: i16, misses: u16 }
  publish out: Reading = "reading"
  var misses: u16 = 0
  every 10ms {
    let value = sensor.read_i16be(reg: 4) else { misses +|= 1; continue }
    out.send({ value, misses })
  }`;

suite('i2c', ['i2c', 'virtual-time'], (hil) => {
  hil('reads a register, high byte first and signed', async ({ rig, wire }) => {
    const m = await rig([tars(READER(wire('i2c')))]);
    await m.i2cDevice(wire('i2c'), 0x48, true);
    await m.i2cSet(wire('i2c'), 0x48, 4, Uint8Array.of(0xff, 0xfe));
    await advance(m, ms(10));
    await m.i2cSet(wire('i2c'), 0x48, 4, Uint8Array.of(0x12, 0x34));
    await advance(m, ms(10));
    await expectMessages(m, 'reading', [
      [-2, 0],
      [0x1234, 0],
    ]);
  });

  hil('an error of the bus is handled where the source says so', async ({ rig, wire }) => {
    const m = await rig([tars(READER(wire('i2c')))]);
    await advance(m, ms(20));
    await m.i2cDevice(wire('i2c'), 0x48, true);
    await m.i2cFault(wire('i2c'), 0x48, 'timeout', 3);
    await advance(m, ms(40));
    await expectMessages(m, 'reading', [[0, 5]]);
    expect((await m.i2cGet(wire('i2c'), 0x48, 0, 1)).transfers).toBe(4);
    expect((await m.status('reader')).faults).toBe(0);
  });

  hil('writes registers', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour writer
      use device: i2c = pin("${wire('i2c')}") at 0x20
      var n: u8 = 0
      every 10ms {
        n += 1
        device.write_u8(reg: 1, value: n) else { }
        device.write_u16be(reg: 2, value: 0xabcd) else { }
      }`),
    ]);
    await m.i2cDevice(wire('i2c'), 0x20, true);
    await advance(m, ms(30));
    const { data } = await m.i2cGet(wire('i2c'), 0x20, 1, 3);
    expect([...data]).toEqual([3, 0xab, 0xcd]);
  });
});

suite('spi', ['spi', 'virtual-time'], (hil) => {
  hil('reads and writes registers of the device on its chip select', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour spi
      use device: spi = pin("${wire('spi')}") select pin("${wire('select')}") max 1000kHz
      every 10ms {
        let value = device.read_u8(reg: 5) else { continue }
        device.write_u8(reg: 6, value: value + 1) else { }
      }`),
    ]);
    await m.spiSet(wire('spi'), wire('select'), 5, Uint8Array.of(41));
    await advance(m, ms(10));
    expect([...(await m.spiGet(wire('spi'), wire('select'), 5, 2))]).toEqual([41, 42]);
  });
});

suite('uart', ['uart', 'virtual-time'], (hil) => {
  hil('answers what it receives, byte by byte', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour echo
      use port: uart = pin("${wire('uart')}") at 115200
      on port.receive {
        for i in 0 ..= 15 {
          let byte = port.read_u8() else { continue }
          port.write_u8(byte ^ 0x20) else { }
        }
      }`),
    ]);
    await m.uartSend(wire('uart'), new TextEncoder().encode('Tars'));
    expect(new TextDecoder().decode(await m.uartTake(wire('uart')))).toBe('tARS');
  });
});

suite('what an event says', ['uart', 'pins', 'virtual-time'], (hil) => {
  hil('is how many bytes wait, and the level of the edge', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour said
      use port: uart = pin("${wire('uart')}")
      use input: gpio.in = pin("${wire('input')}")
      message Said { waiting: u32, level: bool }
      publish out: Said = "said"
      var level: bool = false
      on input.edge { level = input.level }
      on port.receive { out.send({ waiting: port.waiting, level }) }`),
    ]);
    await m.uartSend(wire('uart'), Uint8Array.of(1, 2, 3));
    await m.pinSet(wire('input'), 1);
    await m.uartSend(wire('uart'), Uint8Array.of(4, 5));
    await m.pinSet(wire('input'), 0);
    await m.uartSend(wire('uart'), Uint8Array.of(6));
    await expectMessages(m, 'said', [
      [3, 0],
      [3, 1], // told again after the reaction to the edge
      [5, 1],
      [5, 0],
      [6, 0],
    ]);
  });
});

suite('adc', ['adc', 'virtual-time'], (hil) => {
  hil('reads millivolts', async ({ rig, wire }) => {
    const m = await rig([
      tars(`behaviour meter
      use input: adc = pin("${wire('analog')}")
      message Level { mv: u16 mV }
      publish out: Level = "level"
      every 10ms {
        let mv = input.read() else { continue }
        out.send({ mv })
      }`),
    ]);
    await m.adcSet(wire('analog'), 1234);
    await advance(m, ms(10));
    await expectMessages(m, 'level', [[1234]]);
  });
});
