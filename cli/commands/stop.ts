/** `tars stop`: stops a behaviour; its outputs go to their safe state. */
import { defineCommand, portOption } from '../command.js';
import { withSession } from '../session.js';

export const command = defineCommand({
  positionals: { behaviour: { type: 'string', demandOption: true, describe: 'name of the behaviour' } },
  options: portOption,
  examples: [['tars stop blink', 'stop it; its outputs go to their safe state, the others go on']],
  run: ({ port, behaviour }, terminal) => withSession(port, async ({ link }) => {
    await link.request('stop', { behaviour });
    terminal.out(`stopped ${behaviour}`);
  }),
});
