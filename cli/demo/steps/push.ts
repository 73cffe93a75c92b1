/** One command brings a signed app to the whole fleet: a canary first, then the others. */
import { toHex } from '../../../ota/host/ids.js';
import { homePath } from '../../home.js';
import { HEALTH, KEYS } from '../fleet.js';
import { fleetOf, type Row, type Stage, type Step } from '../stage.js';

export const push: Step = {
  title: 'A signed app for all of them',
  async run(stage: Stage): Promise<Row[]> {
    const fleet = fleetOf(stage);
    const out = await fleet.must('ota', 'push', homePath('examples/kalman'), ...KEYS, '--health', HEALTH);
    stage.say(out.trimEnd().split('\n').at(-1) ?? '');
    const identities = await fleet.identities();
    const rows = await Promise.all(fleet.boards.map((board) => board.behaviours()));
    const [first] = identities;
    return [
      {
        what: `bundle ${first?.number} over MQTT`,
        seen:
          `${identities.filter(({ bundle }) => toHex(bundle) === toHex(first?.bundle ?? bundle)).length} ` +
          `boards committed ${toHex(first?.bundle ?? new Uint8Array()).slice(0, 8)}; ` +
          `${rows.map(([row]) => `${row?.name} ${row?.status}`).join(', ')}`,
      },
    ];
  },
};
