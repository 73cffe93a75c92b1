/** A Kalman filter on a simulated sensor; an operator tunes it while it runs. */
import { CborFloat } from '../../../sdk/wire/index.js';
import { DemoBoard } from '../board.js';
import { compileExample, type Row, type Stage, type Step } from '../stage.js';

/** Register of a TMP117: 7.8125 m degC per count, high byte first. */
export const temperature = (degrees: number): Uint8Array => {
  const raw = Math.round(degrees * 128) & 0xffff;
  return Uint8Array.of(raw >> 8, raw & 0xff);
};

export const SENSOR = { bus: 'I2C1', address: 0x48 } as const;

/** One in so many messages is drawn. */
const EVERY = 6;

export const tune: Step = {
  title: 'Filter a sensor, tune the filter while it runs',
  async run(stage: Stage): Promise<Row[]> {
    const board = await DemoBoard.start(stage.folder, 'beta');
    stage.boards.set('beta', board);
    await board.bench.request('i2c.device', { ...SENSOR, present: true });
    await board.bench.request('i2c.set', { ...SENSOR, reg: 0, data: temperature(25) });
    await board.flash(await compileExample('kalman'));
    const slow = await board.messages('kf/x', 600);
    await board.link.request('param.set', { behaviour: 'kf', name: 'q', value: new CborFloat(1) });
    const q = await board.param('kf', 'q');
    await board.bench.request('i2c.set', { ...SENSOR, reg: 0, data: temperature(30) });
    stage.draw('   estimate in degC:');
    let count = 0;
    const fast = await board.messages('kf/x', 600, ([x = NaN]) => {
      if (count++ % EVERY === 0) stage.draw(` ${x.toFixed(1)}`);
    });
    stage.end();
    const last = (seen: number[][], field: number): string => (seen.at(-1)?.[field] ?? NaN).toFixed(2);
    return [
      {
        what: 'sensor set to 25 degC',
        seen: `${slow.length} messages in 0.6 s, estimate ${last(slow, 0)} degC, p ${last(slow, 1)}`,
      },
      {
        what: 'q set to 1, sensor to 30 degC',
        seen: `q reads ${q}, estimate ${last(fast, 0)} degC, p ${last(fast, 1)}`,
      },
    ];
  },
};
