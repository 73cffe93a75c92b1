/** What `tars start` and `tars stop` have in common: one request about one behaviour. */
import { defineCommand, portOption, type Command } from './command.js';
import { withSession } from './session.js';

interface Lifecycle {
  readonly request: 'start' | 'stop';
  readonly done: string;
  readonly examples: Command['examples'];
}

/** A command that sends a request with the name of a behaviour. */
export const lifecycleCommand = ({ request, done, examples }: Lifecycle): Command =>
  defineCommand({
    positionals: { behaviour: { type: 'string', demandOption: true, describe: 'name of the behaviour' } },
    options: portOption,
    examples,
    run: ({ port, behaviour }, terminal) => withSession(port, async ({ link }) => {
      await link.request(request, { behaviour });
      terminal.out(`${done} ${behaviour}`);
    }),
  });
