/** `tars start`: starts a stopped or parked behaviour. */
import { defineCommand, portOption } from '../command.js';
import { withSession } from '../session.js';

export const command = defineCommand({
  positionals: { behaviour: { type: 'string', demandOption: true, describe: 'name of the behaviour' } },
  options: portOption,
  examples: [['tars start blink', 'start it again after `tars stop`, or after it was parked']],
  run: ({ port, behaviour }, terminal) => withSession(port, async ({ link }) => {
    await link.request('start', { behaviour });
    terminal.out(`started ${behaviour}`);
  }),
});
