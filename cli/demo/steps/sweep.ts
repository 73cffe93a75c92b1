/** Presses a bouncing button; the servo sweeps until the second press. */
import { setTimeout as sleep } from 'node:timers/promises';
import { boardOf, compileExample, type Row, type Stage, type Step } from '../stage.js';

const BUTTON = 'PC13'; // active low

export const sweep: Step = {
  title: 'Press a button, move a servo',
  async run(stage: Stage): Promise<Row[]> {
    const board = boardOf(stage, 'alpha');
    await board.flash(await compileExample('servo'));
    const level = (value: number): Promise<object> => board.bench.request('pin.set', { pin: BUTTON, level: value });
    const press = async (): Promise<void> => {
      for (const bounce of [0, 1, 0, 1, 0]) await level(bounce);
      await sleep(60);
      await level(1);
      await sleep(40);
    };
    const pulses: number[] = [];
    const stop = board.bench.on('pwm', ({ pulse }) => {
      pulses.push(pulse);
      if (pulses.length % 8 === 0) stage.draw(` ${pulse}`);
    });
    stage.draw('   pulse in us:');
    await press();
    await sleep(1400);
    await press();
    await sleep(60);
    stop();
    stage.end();
    const { pulse } = await board.bench.request('pwm.get', { pin: 'SERVO1' });
    return [
      {
        what: 'bouncing button pressed, swept, pressed again',
        seen: `${pulses.length} pulses set, highest ${Math.max(...pulses)} us, at rest again at ${pulse} us`,
      },
    ];
  },
};
