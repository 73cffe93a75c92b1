/** Keys, a root document, a broker and three boards: from now on they do what their owner signs. */
import { join } from 'node:path';
import { DemoFleet, FLEET, OWNER } from '../fleet.js';
import { homePath } from '../../home.js';
import type { Row, Stage, Step } from '../stage.js';

export const own: Step = {
  title: 'Three boards get an owner',
  async run(stage: Stage): Promise<Row[]> {
    const fleet = await DemoFleet.start(stage);
    stage.fleet = fleet;
    const root = join(stage.folder, 'robots.root');
    await fleet.must('keys', 'new', 'alice');
    await fleet.must('keys', 'new', 'olga', '--role', 'operator');
    await fleet.must('keys', 'root', root, '--owner', OWNER, '--member', 'alice', '--member', 'olga', '--key', 'alice');
    for (const { port } of fleet.boards)
      await fleet.must('provision', '--port', port, '--root', root, '--broker', fleet.url, '--fleet', FLEET);
    await fleet.online();
    const refused = await fleet.tars('flash', homePath('examples/blink'), '--port', fleet.boards[0]?.port ?? '');
    stage.say(refused.out.split('\n')[0] ?? '');
    const identities = await fleet.identities();
    const [first] = identities;
    return [
      {
        what: 'provisioned over their ports',
        seen:
          `${identities.filter(({ owner }) => owner === first?.owner).length} boards belong to ` +
          `${first?.owner}, root document ${first?.root}, all on line in ${first?.fleet}`,
      },
      {
        what: 'an unsigned app after that',
        seen: `exit code ${refused.exit}; ${(await fleet.boards[0]?.behaviours())?.length} behaviours on the board`,
      },
    ];
  },
};
