/** Two behaviours of one app talk over a topic. */
import { setTimeout as sleep } from 'node:timers/promises';
import { boardOf, compileExample, type Row, type Stage, type Step } from '../stage.js';
import { temperature } from './tune.js';

const ROOM = { bus: 'I2C1', address: 0x49 } as const;

export const talk: Step = {
  title: 'Two behaviours talk over a topic',
  async run(stage: Stage): Promise<Row[]> {
    const board = boardOf(stage, 'beta');
    const fan = async (): Promise<number> => (await board.bench.request('pin.get', { pin: 'LED2' })).level;
    const settle = async (degrees: number): Promise<number> => {
      await board.bench.request('i2c.set', { ...ROOM, reg: 0, data: temperature(degrees) });
      await sleep(350);
      const level = await fan();
      stage.say(`room at ${degrees} degC: fan ${level ? 'on' : 'off'}`);
      return level;
    };
    await board.bench.request('i2c.device', { ...ROOM, present: true });
    await board.bench.request('i2c.set', { ...ROOM, reg: 0, data: temperature(21) });
    await board.flash(await compileExample('topic'));
    const levels = [await settle(21), await settle(33), await settle(29), await settle(25)];
    const { messages } = await board.link.request('topic.list', { index: 0 });
    return [
      { what: 'thermometer tells fan 21, 33, 29, 25 degC', seen: `fan pin ${levels.join(' ')}, ${messages} messages` },
    ];
  },
};
