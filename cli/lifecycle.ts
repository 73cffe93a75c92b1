/** What `tars start` and `tars stop` have in common: one request about one behaviour. */
import { defineCommand, portOption, type Command } from './command.js';
import { Changer, keyOption } from './owner.js';
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
    options: { ...portOption, ...keyOption },
    examples,
    run: ({ port, behaviour, key }, terminal) => withSession(port, async (session) => {
      await new Changer(session, key).send(request, { behaviour });
      terminal.out(`${done} ${behaviour}`);
    }),
  });
