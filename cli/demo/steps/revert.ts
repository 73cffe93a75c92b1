/** A version that fails reaches the canary and no further, and the canary returns by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEALTH, KEYS } from '../fleet.js';
import { fleetOf, type Row, type Stage, type Step } from '../stage.js';

// 0/0 is NaN, and an output refuses NaN: 200 ms after it has started.
const SOURCE = `behaviour hasty
use motor: pwm.duty = board.MOTOR_L at 1kHz safe 0pct
var a: f32 pct = 0pct
var b: f32 = 0
motor.set(60pct)
every 200ms { motor.set(a / b) }
`;

export const revert: Step = {
  title: 'A version that fails returns by itself',
  async run(stage: Stage): Promise<Row[]> {
    const fleet = fleetOf(stage);
    const path = join(stage.folder, 'hasty.tars');
    writeFileSync(path, SOURCE);
    const { out, exit } = await fleet.tars('ota', 'push', path, ...KEYS, '--health', HEALTH);
    for (const line of out.trimEnd().split('\n').slice(-5)) stage.say(line);
    const identities = await fleet.identities();
    const behaviours = (await Promise.all(fleet.boards.map((board) => board.behaviours()))).flat();
    return [
      {
        what: 'a push whose canary fails',
        seen:
          `exit code ${exit}; ` +
          `${fleet.boards.map(({ name }, index) => `${name} has bundle ${identities[index]?.number}`).join(', ')}`,
      },
      { what: 'what runs afterwards', seen: behaviours.map(({ name, status }) => `${name} ${status}`).join(', ') },
    ];
  },
};
