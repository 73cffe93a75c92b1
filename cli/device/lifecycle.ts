/** What `tars start` and `tars stop` have in common: one request about one behaviour. */
import { statuses } from '../../hal/contract/index.js';
import { defineCommand, jsonOption, portOption, type Command } from '../command.js';
import { UserError } from '../errors.js';
import { isRemote, remoteOptions, sendRemote } from '../fleet/remote.js';
import { Changer, keyOption } from '../keys/owner.js';
import { readRows } from './rows.js';
import { withSession, type Session } from './session.js';
import { BoardError } from '../transport/client.js';
import { didYouMean } from '../terminal/near.js';

interface Lifecycle {
  readonly request: 'start' | 'stop';
  readonly done: string;
  readonly examples: Command['examples'];
}

/** A command that sends a request with the name of a behaviour. */
export const lifecycleCommand = ({ request, done, examples }: Lifecycle): Command =>
  defineCommand({
    positionals: { behaviour: { type: 'string', demandOption: true, describe: 'name of the behaviour' } },
    options: { ...portOption, ...keyOption, ...remoteOptions, ...jsonOption },
    examples,
    async run({ behaviour, ...args }, terminal) {
      if (isRemote(args)) await sendRemote(args, request, { behaviour });
      else
        await withSession(args.port, (session) =>
          new Changer(session, args.key)
            .send(request, { behaviour })
            .catch((error: unknown) => explain(session, behaviour, error)),
        );
      terminal.out(terminal.json ? JSON.stringify({ behaviour, [done]: true }) : `${done} ${behaviour}`);
    },
  });

/**
 * A name that the board doesn't know is most often a typing error: say which ones it knows. A behaviour that can't be
 * started or stopped is so already.
 */
async function explain({ link }: Session, behaviour: string, error: unknown): Promise<never> {
  if (!(error instanceof BoardError) || (error.code !== 'unknown' && error.code !== 'state')) throw error;
  const rows = await readRows(link, 'list');
  const names = rows.map((row) => row.behaviour);
  const status = rows.find((row) => row.behaviour === behaviour)?.status;
  if (status !== undefined)
    throw new UserError('state', `${behaviour} is ${statuses[status] ?? `in status ${status}`} already`, {
      cure: 'look at `tars ps`',
    });
  const cure =
    names.length > 0 ? `behaviours: ${names.join(', ')}` : 'the board has no app; put one there with `tars flash`';
  throw new UserError('unknown', `there is no behaviour ${behaviour}${didYouMean(behaviour, names)}`, { cure });
}
