/**
 * The form of a command. The table in commands/index.ts says how it is called; its file says what it takes and does.
 */
import type { InferredOptionTypes, Options } from 'yargs';
import type { ExitCode } from './errors.js';
import type { Terminal } from './terminal/terminal.js';

type OptionTable = Readonly<Record<string, Options>>;

/** Arguments as the command's own file declared them. */
export type Args<O extends OptionTable> = InferredOptionTypes<O>;

export interface Command {
  /** Positional arguments named in the table's usage, and options. */
  readonly positionals: OptionTable;
  readonly options: OptionTable;
  /** Actions after which no further word stands. */
  readonly alone?: readonly string[] | undefined;
  /** `[command line, what it does]`; shown by `--help`. */
  readonly examples: readonly (readonly [string, string])[];
  run(args: Record<string, unknown>, terminal: Terminal): Promise<ExitCode | undefined>;
}

interface CommandSource<P extends OptionTable, O extends OptionTable> {
  readonly positionals: P;
  readonly options: O;
  readonly alone?: readonly string[];
  readonly examples: Command['examples'];
  /** Returns an exit code, or nothing for 0. */
  run(args: Args<P & O>, terminal: Terminal): Promise<ExitCode | undefined | void>;
}

/** Ties the types of the arguments to their declaration. */
export function defineCommand<const P extends OptionTable, const O extends OptionTable>(
  source: CommandSource<P, O>,
): Command {
  return {
    ...source,
    // yargs has checked the arguments against these very declarations before it calls this.
    run: async (args, terminal) => (await source.run(args as Args<P & O>, terminal)) ?? undefined,
  };
}

/** The option that commands with machine-readable results share. */
export const jsonOption = { json: { type: 'boolean', default: false, describe: 'print the result as JSON' } } as const;

/** The option of commands that talk to a board. */
export const portOption = {
  port: {
    type: 'string',
    describe: 'board: name of a virtual board, /dev/tty…, or tcp:HOST:PORT; the only one is the default',
  },
} as const;
