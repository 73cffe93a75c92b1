/**
 * The command line: finds the command, lets yargs check the arguments, runs it, turns errors into text and an exit
 * code.
 */
import yargs, { type Argv } from 'yargs';
import { nearest } from '../sdk/compiler/diagnostics.js';
import type { Command } from './command.js';
import { commandName, commands, type CommandRow } from './commands/index.js';
import { exitCodes, systemCode, systemError, UserError, usageError, type ExitCode } from './errors.js';
import { version } from './home.js';
import { standardTerminal, type Terminal } from './terminal/terminal.js';

const EPILOGUE =
  'Exit codes: 0 done; 1 your program or request is wrong; 2 wrong command line; 3 trouble with the board, its ' +
  'port or this machine; ' +
  '70 a bug of ours. TARS_DEBUG=1 shows stack traces; NO_COLOR or --no-color turns colours off.';

/** Runs one command line (without `node` and the script) and sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = standardTerminal(argv.some((text) => text === '--json' || text === '--json=true'));
  process.stdout.on('error', (error) => {
    // The reader of a pipe has gone (`tars logs | head`): there is nobody left to tell.
    if (systemCode(error) === 'EPIPE') process.exit(exitCodes.ok);
    terminal.note(`${terminal.color.red('error')}: the output can't be written (${error.message})`);
    terminal.note(`  ${terminal.color.cyan('cure')}: ${systemError(error)?.cure ?? 'check where it goes'}`);
    process.exit(exitCodes.board);
  });
  // What is only said on the way must not end what is under way.
  process.stderr.on('error', () => undefined);
  try {
    process.exitCode = await runCommand(argv, terminal);
  } catch (error) {
    process.exitCode = await report(error, terminal);
  }
}

/** Values that yargs would take for a row of short options: `-1e-7`, `-50pct`, `-Infinity`. It knows plain numbers. */
const NEGATIVE = /^-(?!\d+(\.\d+)?$)(\d|\.\d|Infinity$|NaN$)/;
/** Stands before such a value on its way through yargs; no argument of an operating system holds it. */
const SHIELD = '\0';

const unshield = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(unshield) : typeof value === 'string' ? value.replace(SHIELD, '') : value;

async function runCommand(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (argv.length === 1 && argv[0] === '--version') {
    terminal.out(version());
    return exitCodes.ok;
  }
  const [name = ''] = argv;
  const row = commands.find((candidate) => commandName(candidate) === name);
  if (!row && /^[a-z]/.test(name) && name !== 'completion') {
    const near = nearest(name, commands.map(commandName));
    throw usageError(`there is no command ${name}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const parser = yargs(argv.map((text) => (NEGATIVE.test(text) ? SHIELD + text : text)))
    .scriptName('tars')
    .version(version())
    .locale('en')
    .strict()
    .option('color', { type: 'boolean', default: true, describe: 'colours; --no-color turns them off' })
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .fail(false)
    // yargs lays its help out even where it isn't shown; without wrapping that costs a third.
    .wrap(argv.includes('--help') || !row ? Math.min(120, terminal.columns) : null);
  const chosen: Chosen = {};
  if (row) await addCommand(parser, row, terminal, chosen);
  else if (name === '--get-yargs-completions')
    for (const each of commands) await addCommand(parser, each, terminal, chosen);
  else addOverview(parser);
  parser.completion('completion', 'print a script that completes tars commands in bash or zsh');
  if (name === 'completion') {
    parser.showCompletionScript();
    return exitCodes.ok;
  }
  try {
    await parser.parseAsync();
  } catch (error) {
    throw usageError(
      error instanceof Error ? error.message.trim().replace(/\s*\n\s*/g, ' ') : String(error),
      row && name,
    );
  }
  return (await chosen.run?.()) ?? exitCodes.ok;
}

/**
 * What the command line asks for. It runs after yargs, so that what yargs throws is always about the command line; and
 * yargs lays out the whole help before it waits for a command.
 */
interface Chosen {
  run?: () => Promise<ExitCode | void>;
}

/** Names and summaries of all commands, without loading them. */
function addOverview(parser: Argv): void {
  for (const row of commands) parser.command(row.usage, row.summary);
  parser.usage('tars <command>: change what a machine does by editing a short text file');
  parser.demandCommand(1, 'a command is missing').example('tars build examples/blink', 'compile a behaviour');
}

async function addCommand(parser: Argv, row: CommandRow, terminal: Terminal, chosen: Chosen): Promise<void> {
  const { command } = await row.load();
  const build = (own: Argv): Argv => {
    for (const [name, option] of Object.entries(command.positionals)) {
      own.positional(name, option as Parameters<typeof own.positional>[1]);
    }
    own.options(command.options);
    for (const [line, what] of command.examples) own.example(line, what);
    return own;
  };
  parser.command(row.usage, row.summary, build, (args) => {
    checkValues(command.options, args);
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, unshield(value)]));
    chosen.run = async () => command.run(given, terminal);
  });
}

/**
 * Refuses what yargs passes on in another type than was declared: it makes a list of an option that is repeated, and
 * NaN of a number that is none.
 */
function checkValues(options: Command['options'], args: Readonly<Record<string, unknown>>): void {
  for (const [name, { type, array }] of Object.entries(options)) {
    if (array !== true && type !== 'boolean' && Array.isArray(args[name]))
      throw new Error(`--${name} is given more than once`);
    if (type === 'number' && Number.isNaN(args[name])) throw new Error(`--${name} takes a number`);
  }
}

/** Prints an error with its cure and returns the exit code. */
async function report(error: unknown, terminal: Terminal): Promise<ExitCode> {
  const known = error instanceof UserError ? error : systemError(error);
  const message = error instanceof Error ? error.message : String(error);
  const exit = known?.exit ?? exitCodes.bug;
  const cure =
    known?.cure ?? 'this is a bug in tars: please report it with the command line and what TARS_DEBUG=1 adds';
  const details = await known?.details?.(terminal);
  if (terminal.json)
    terminal.out(JSON.stringify({ error: { code: known?.code ?? 'bug', message, cure }, ...details?.json }));
  else {
    for (const line of details ? [...details.text.split('\n'), ''] : []) terminal.note(line);
    terminal.note(`${terminal.color.red('error')}: ${message}`);
    terminal.note(`  ${terminal.color.cyan('cure')}: ${cure}`);
  }
  if (process.env['TARS_DEBUG'] && error instanceof Error)
    for (const line of (error.stack ?? '').split('\n')) terminal.note(line);
  return exit;
}
