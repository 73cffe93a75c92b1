/**
 * The same firmware on FreeRTOS, on a Cortex-M7 in QEMU: an example follows a thermometer that is warmed from outside.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEmulator } from '../../virtual/emulator.js';
import { EMULATED } from '../../virtual/emulated.js';
import { DemoBoard } from '../board.js';
import { compileAt, exampleSource, type Row, type Stage, type Step } from '../stage.js';

/** The emulator's thermometer is a TMP105: one count is half of what it is on the example's. */
const COUNTS = ['0.0078125degC', '0.00390625degC'] as const;
const COLD_DEGC = 21;
const WARM_DEGC = 36;
const WATCH_MS = 1500;
const EVERY = 12;

export const emulate: Step = {
  title: 'The same on a Cortex-M7 with FreeRTOS',
  async run(stage: Stage): Promise<Row[]> {
    if (!hasEmulator())
      return [{ what: 'left out', seen: 'qemu-system-arm or the firmware for it is missing; see npm run setup' }];
    const { board, emulator } = await DemoBoard.emulate(stage.folder, 'm7');
    stage.boards.set(board.name, board);
    const warm = (degC: number): Promise<unknown> =>
      emulator.execute('qom-set', {
        path: '/machine/peripheral/thermometer',
        property: 'temperature',
        value: degC * 1000,
      });
    stage.say(`${board.name}: class ${board.hello.class}, firmware ${board.hello.firmware}, serial port ${board.pty}`);
    const source = join(stage.folder, 'tmp105.tars');
    writeFileSync(source, exampleSource('kalman/kalman.tars').replace(...COUNTS));
    const modules = (await compileAt(source, EMULATED)).map(({ module }) => module);
    await warm(COLD_DEGC);
    const { bytes } = await board.flash(modules);
    const show = ([x = 0]: readonly number[]): void => {
      if (count++ % EVERY === 0) stage.draw(`${x.toFixed(1)} `);
    };
    let count = 0;
    stage.draw(`   ${COLD_DEGC} degC: `);
    const cold = await board.messages('kf/x', WATCH_MS, show);
    await warm(WARM_DEGC);
    stage.end();
    stage.draw(`   ${WARM_DEGC} degC: `);
    const hot = await board.messages('kf/x', WATCH_MS, show);
    stage.end();
    const last = (messages: readonly number[][]): string => (messages.at(-1)?.[0] ?? NaN).toFixed(2);
    return [
      { what: `${EMULATED} flashed over its pseudo-terminal`, seen: `${bytes} bytes, class ${board.hello.class}` },
      {
        what: `thermometer on its I2C bus set to ${COLD_DEGC}, then to ${WARM_DEGC} degC`,
        seen: `estimates ${last(cold)} and ${last(hot)} degC`,
      },
    ];
  },
};
