/** A behaviour fails again and again until it is parked; its neighbour misses nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors, statuses } from '../../../hal/contract/index.js';
import { boardOf, compileAt, type Row, type Stage, type Step } from '../stage.js';

const FILES = {
  'tars.toml': `[app]
name = "faulty"
[behaviours.steady]
file = "steady.tars"
[behaviours.faulty]
file = "faulty.tars"
restart = { delay_ms = 50, faults = 3 }
`,
  'steady.tars': `behaviour steady
use led: gpio.out = board.LED
every 10ms { led.toggle() }
`,
  // 0/0 is NaN, and an output refuses NaN.
  'faulty.tars': `behaviour faulty
use motor: pwm.duty = board.MOTOR_L at 1kHz safe 0pct
var a: f32 pct = 0pct
var b: f32 = 0
motor.set(60pct)
every 300ms { motor.set(a / b) }
`,
};

export const fault: Step = {
  title: 'A behaviour fails, its neighbour goes on',
  async run(stage: Stage): Promise<Row[]> {
    const board = boardOf(stage, 'alpha');
    const folder = join(stage.folder, 'faulty');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const duties: number[] = [];
    const stopPwm = board.bench.on('pwm', ({ duty }) => duties.push(duty));
    const stopStatus = board.link.on('status', ({ behaviour, status, code }) => {
      const reason = errors.find((row) => row.code === code);
      stage.say(`${behaviour}: ${statuses[status]}${reason ? `: ${reason.text}` : ''}`);
    });
    await board.link.request('logs', { on: true, history: false });
    await board.flash((await compileAt(folder)).map(({ module }) => module));
    const edges = await board.edges('LED', 1800);
    stopPwm();
    stopStatus();
    const gaps = edges.slice(1).map(({ time }, index) => time - (edges[index]?.time ?? 0));
    const states = await board.behaviours();
    const faulty = states.find(({ name }) => name === 'faulty');
    const { dropped, overruns } = await board.link.request('stats', { behaviour: 'steady' });
    const reason = errors.find(({ code }) => code === faulty?.fault)?.text ?? 'none';
    return [
      {
        what: 'faulty: NaN to a motor',
        seen: `${faulty?.faults} faults (${reason}), ${faulty?.status}; duty ${duties[0]} -> ${duties.at(-1)} %`,
      },
      {
        what: 'steady at 100 Hz beside it',
        seen: `${edges.length} edges in 1.8 s, longest gap ${Math.max(...gaps)} us, ${dropped + overruns} lost`,
      },
    ];
  },
};
