/**
 * The command line: finds the command, lets yargs check the arguments, runs it, turns errors into text and an exit
 * code.
 */
import yargs, { type Argv } from 'yargs';
import type { Command } from './command.js';
import { commandName, commands, type CommandRow } from './commands/index.js';
import { exitCodes, systemCode, systemError, UserError, usageError, type ExitCode } from './errors.js';
import { version } from './home.js';
import { asCalled, lineAsCalled, rememberCall } from './terminal/calling.js';
import { standardTerminal, type Terminal } from './terminal/terminal.js';
import { didYouMean, nearOption } from './terminal/near.js';

const EPILOGUE =
  'Exit codes: 0 done; 1 your program or request is wrong; 2 wrong command line; 3 trouble with the board, its ' +
  'port or this machine; ' +
  '70 a bug of ours. TARS_DEBUG=1 shows stack traces; NO_COLOR or --no-color turns colours off.';

/** Runs one command line (without `node` and the script) and sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  rememberCall({ script: process.argv[1] ?? '', env: process.env, folder: process.env['PWD'] ?? '/' });
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
    throw usageError(`there is no command ${name}${didYouMean(name, commands.map(commandName))}`);
  }
  const parser = yargs(argv.map((text) => (NEGATIVE.test(text) ? SHIELD + text : text)))
    .scriptName(name === 'completion' ? 'tars' : lineAsCalled('tars'))
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
    const text = error instanceof Error ? error.message.trim().replace(/\s*\n\s*/g, ' ') : String(error);
    throw usageError(text + nearWords(text, chosen.options ?? OWN), row && name);
  }
  return (await chosen.run?.()) ?? exitCodes.ok;
}

/**
 * What the command line asks for. It runs after yargs, so that what yargs throws is always about the command line; and
 * yargs lays out the whole help before it waits for a command.
 */
interface Chosen {
  /** Options of the command. */
  options?: readonly string[];
  run?: () => Promise<ExitCode | void>;
}

/** Options of every command. */
const OWN = ['color', 'no-color', 'help', 'version'] as const;

/** An option as its help describes it. */
const described = (option: Command['options'][string]): Command['options'][string] => ({
  ...option,
  describe: asCalled(option.describe ?? ''),
});

/** What was meant by the words that yargs refuses: options that nobody knows, and values that are no choice. */
function nearWords(text: string, options: readonly string[]): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(text)?.[1]?.split(', ') ?? [];
  const near = new Set(unknown.map((word) => nearOption(word, options)));
  for (const [, given = '', choices = ''] of text.matchAll(/Given: "([^"]*)", Choices: ((?:"[^"]*"(?:, )?)+)/g))
    near.add(
      didYouMean(
        given,
        choices.split(', ').map((choice) => choice.replaceAll('"', '')),
      ),
    );
  return [...near].join('');
}

/** Names and summaries of all commands, without loading them. */
function addOverview(parser: Argv): void {
  for (const row of commands) parser.command(row.usage, row.summary);
  parser.usage(`${lineAsCalled('tars')} <command>: change what a machine does by editing a short text file`);
  parser
    .demandCommand(1, 'a command is missing')
    .example(lineAsCalled('tars build examples/blink'), 'compile a behaviour');
}

async function addCommand(parser: Argv, row: CommandRow, terminal: Terminal, chosen: Chosen): Promise<void> {
  const { command } = await row.load();
  const build = (own: Argv): Argv => {
    for (const [name, option] of Object.entries(command.positionals)) {
      own.positional(name, described(option) as Parameters<typeof own.positional>[1]);
    }
    for (const [name, option] of Object.entries(command.options)) own.option(name, described(option));
    for (const [line, what] of command.examples) own.example(lineAsCalled(line), asCalled(what));
    return own;
  };
  chosen.options = [...Object.keys(command.options), ...OWN];
  parser.command(row.usage, row.summary, build, (args) => {
    checkValues(command.options, args);
    checkWords(command, args);
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

/** Refuses a word after an action that takes none: it would be ignored, or was meant for an option. */
function checkWords({ positionals, alone = [] }: Command, args: Readonly<Record<string, unknown>>): void {
  const action = String(args['action']);
  if (!alone.includes(action)) return;
  const words = Object.keys(positionals).flatMap((name) => (name === 'action' ? [] : (args[name] ?? [])));
  if (words.length > 0)
    throw new Error(`${action} takes no further word, here ${words.join(' ')}; several values: --key a --key b`);
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
