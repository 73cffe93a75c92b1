/** The examples on a Cortex-M7 in the emulator, installed over the pseudo-terminal with serialport, on real time. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../description.js';
import { example, tars } from '../program.js';
import { type EmulatedBoard, lacking, openBoard, until, wires } from './board.js';

/** Register of the lamps. */
const LED = 0x40028000;
/** What one step of QEMU's TMP105 is worth; that of the example's thermometer is twice as much. */
const STEPS = ['0.0078125degC', '0.00390625degC'] as const;
/** Half a degree. */
const NEAR_DEGC = 0.5;

describe.skipIf(lacking)('examples on the emulated Cortex-M7', { timeout: 180_000 }, () => {
  let board: EmulatedBoard;
  beforeAll(async () => {
    board = await openBoard({ store: true, serial: true });
  });
  afterAll(async () => {
    await board?.close();
  });

  it('blink: the lamp in the register of the board goes on and off', async () => {
    await board.rig.install([example('blink/blink.tars')]);
    for (const level of [1, 0, 1])
      await until(
        () => board.qmp.word(LED),
        (word) => (word & 1) === level,
      );
  });

  it('servo: a press of the button sends it to one end and back', async () => {
    const { rig } = board;
    const pulses: number[] = [];
    await rig.install([example('servo/servo.tars')]);
    rig.control.on('pwm', ({ pulse }) => pulses.push(pulse));
    await rig.control.request('watch', { on: true });
    await rig.pinSet(wires['button'] ?? '', 0);
    await until(
      () => Promise.resolve(pulses),
      (seen) => seen.at(-1) === 1500 && (seen.at(-2) ?? 1500) < 1500 && seen.includes(2000),
    );
    expect([Math.min(...pulses), Math.max(...pulses)]).toEqual([1020, 2000]);
  });

  it('kalman: follows the TMP105 whose temperature is changed from outside, within half a degree', async () => {
    const { rig, qmp } = board;
    const source = readFileSync(`${projectRoot}examples/kalman/kalman.tars`, 'utf8');
    const estimate = async (): Promise<number> => (await rig.messages()).at(-1)?.fields[0] ?? NaN;
    expect(source).toContain(STEPS[0]);
    await rig.install([tars(source.replace(...STEPS))]);
    for (const degC of [21, 33.5, -12.5]) {
      await qmp.execute('qom-set', {
        path: '/machine/peripheral/thermometer',
        property: 'temperature',
        value: degC * 1000,
      });
      expect(await until(estimate, (x) => Math.abs(x - degC) < NEAR_DEGC / 4)).toBeCloseTo(degC, 0);
      // It stays there: a hundred estimates later it is as near.
      const seen = (await rig.messages()).length;
      await until(
        async () => (await rig.messages()).length,
        (count) => count >= seen + 100,
      );
      expect(Math.abs((await estimate()) - degC)).toBeLessThanOrEqual(NEAR_DEGC);
    }
  });
});
