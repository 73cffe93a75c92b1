import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandName, commands } from './commands/index.js';
import { homePath, version } from './home.js';
import { clearError, Desk } from './testing/tars.js';

const desk = new Desk();
afterAll(() => desk.dispose());

describe('the command line', () => {
  it('says its version', async () => {
    expect(await desk.tars(['--version'])).toEqual({ exit: 0, out: `${version()}\n`, err: '' });
  });

  it('lists every command and the exit codes', async () => {
    const { exit, out } = await desk.tars(['--help']);
    expect(exit).toBe(0);
    for (const row of commands) expect(out).toContain(`tars ${row.usage}`);
    expect(out).toContain('Exit codes: 0 done; 1 your program');
  });

  it.each(commands.map(commandName))('has examples in the help of %s', async (name) => {
    const { exit, out } = await desk.tars([name, '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\n +tars ${name}`));
  });

  it.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['frobnicate'], 'there is no command frobnicate'],
    ['a command that is misspelt', ['flahs'], 'did you mean flash?'],
    ['an unknown option', ['ps', '--loud'], 'Unknown argument: loud'],
    ['an option that is misspelt', ['flash', '--prot', 'x'], 'did you mean --port?'],
    ['an option of several words', ['ota', 'push', 'x', '--take-ove'], 'did you mean --take-over?'],
    ['an option of all commands', ['ps', '--hepl'], 'did you mean --help?'],
    ['a choice that is misspelt', ['board', 'strat'], 'did you mean start?'],
    ['a value that is misspelt', ['board', 'start', '--clock', 'vritual'], 'did you mean virtual?'],
    ['a missing argument', ['start'], 'Not enough non-option arguments'],
    ['a wrong choice', ['board', 'paint'], 'Choices: "start", "stop", "list"'],
    ['a malformed address', ['ps', '--port', 'tcp:nowhere'], 'is no address'],
    ['an option that is repeated', ['ps', '--port', 'a', '--port', 'b'], '--port is given more than once'],
    ['a number that is none', ['sub', '--count', 'many'], '--count takes a number'],
    ['a path where none is taken', ['ota', 'rollback', 'blink'], 'rollback takes no further word, here blink'],
    ['a second value', ['ota', 'rollback', '--key', 'bob', 'carol'], 'here carol; several values: --key a --key b'],
    ['names where none are taken', ['fleet', 'list', 'rover', 'crane'], 'here rover crane'],
    ['no message at all', ['sub', '--count', '0'], '--count takes a number from 1'],
    ['more seconds than a timer has', ['run', '--for', '3000000'], 'at most 2147483'],
  ])('refuses %s with exit code 2', async (_, args, message) => {
    const { exit, out, err } = await desk.tars(args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
  });

  it.each([
    ['flash', '--key', 'alice', 'nowhere.tars'],
    ['bundle', '--key', 'alice', 'nowhere.tars', '--root', 'x', '-o', 'x'],
    ['ota', '--device', 'beta', 'push', 'nowhere.tars'],
    ['stop', '--key', 'olga', 'blink', '--port', 'nope'],
  ])('takes options before what they are for: %s %s', async (...args) => {
    const { exit, err } = await desk.tars(args);
    expect(exit).not.toBe(2);
    expect(err).toMatch(/nowhere|nope|no fleet|no file x/);
  });

  it.each([
    ['a board', ['check', '--board', 'virtul', 'x.tars'], 'did you mean virtual?'],
    ['a board to describe', ['boards', 'nucelo-h743zi'], 'did you mean nucleo-h743zi?'],
    ['a key', ['keys', 'show', 'alcie'], 'did you mean alice?'],
    ['a fleet', ['fleet', 'list', '--fleet', 'line2'], 'did you mean line1?'],
  ])('says what was probably meant by the name of %s', async (_, args, message) => {
    const settings = join(desk.folder, '.config', 'tars');
    for (const folder of ['keys', 'fleets']) mkdirSync(join(settings, folder), { recursive: true });
    writeFileSync(join(settings, 'keys', 'alice.key'), '{}', { mode: 0o600 });
    writeFileSync(join(settings, 'fleets', 'line1.json'), '{}');
    writeFileSync(join(desk.folder, 'x.tars'), 'behaviour x\n');
    const { err } = await desk.tars(args);
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
  });

  it('says in hints what can be typed where only npx knows it', async () => {
    const env = { npm_command: 'exec' };
    expect((await desk.tars(['ps', '--port', 'nope'], { env })).err).toContain('`npx tars board start`');
    expect((await desk.tars(['ps', '--json', '--port', 'nope'], { env })).out).toContain('`npx tars board start`');
    expect((await desk.tars(['ps', '--prot', 'nope'], { env })).err).toContain('`npx tars ps --help`');
    const { out } = await desk.tars(['start', '--help'], { env });
    expect(out).toMatch(/^npx tars start <behaviour>/);
    expect(out).toContain('`npx tars provision`');
    expect(out).toMatch(/Examples:\n +npx tars start blink +start it again after `npx tars stop`/);
    expect(out).not.toMatch(/(?<!npx )\btars (?!npx)[a-z]/);
    expect((await desk.tars(['new', 'my rover'.replace(' ', '_')], { env })).err).toBe(
      'next: npx tars run my_rover --watch\n',
    );
  });

  it('quotes paths in hints', async () => {
    mkdirSync(join(desk.folder, 'my machines'));
    const { err } = await desk.tars(['new', 'my machines/rover']);
    expect(err).toBe("next: tars run 'my machines/rover' --watch\n");
  });

  it('breaks tables on a terminal that is narrower', () => {
    const command = `stty cols 40; ${process.execPath} ${homePath('cli/bin/tars.js')} boards`;
    const { stdout, status } = spawnSync('script', ['-qfec', command, '/dev/null'], {
      cwd: desk.folder,
      env: { PATH: process.env['PATH'], HOME: desk.folder, NO_COLOR: '1', TERM: 'xterm' },
    });
    const lines = stdout.toString().split('\r\n');
    expect(status).toBe(0);
    expect(lines.join('\n')).toMatch(/^nucleo-h743zi[^]*^virtual/m);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(40);
  });

  it.each(commands.map(commandName))('takes --json: %s', async (name) => {
    expect((await desk.tars([name, '--help'])).out).toContain('--json');
  });

  it('writes errors as JSON with --json', async () => {
    const { exit, out, err } = await desk.tars(['ps', '--json', '--port', 'nope']);
    expect({ exit, err }).toEqual({ exit: 3, err: '' });
    expect(await desk.tars(['ps', '--json=true', '--port', 'nope'])).toEqual({ exit, out, err });
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'no_such_port', cure: expect.stringContaining('tars board start') },
    });
  });

  it.each([
    ['new', ['new', 'file/rover']],
    ['board start', ['board', 'start']],
    ['keys new', ['keys', 'new', 'alice']],
  ])('says what the operating system refuses, and is no bug then: %s', async (_, args) => {
    writeFileSync(join(desk.folder, 'file'), '');
    const { exit, err } = await desk.tars(args, {
      env: {
        XDG_STATE_HOME: join(desk.folder, 'file'),
        XDG_CONFIG_HOME: join(desk.folder, 'file'),
        TARS_PASSPHRASE: 'pw',
      },
    });
    expect(exit).not.toBe(70);
    expect(err).toMatch(clearError);
    expect(err).toContain('ENOTDIR');
  });

  it('says that a symbolic link leads back to itself, and is no bug then', async () => {
    symlinkSync('loop.tars', join(desk.folder, 'loop.tars'));
    for (const command of ['check', 'build', 'inspect', 'run', 'flash']) {
      const { exit, err } = await desk.tars([command, 'loop.tars']);
      expect(exit).toBe(3);
      expect(err).toMatch(clearError);
      expect(err).toContain('a symbolic link leads back to itself');
    }
  });

  it("says that its output can't be written", () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [homePath('cli/bin/tars.js'), 'boards'], {
      stdio: ['ignore', full, 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    closeSync(full);
    expect(stderr.toString()).toMatch(clearError);
    expect(status).toBe(3);
  });

  it('shows a stack trace only with TARS_DEBUG', async () => {
    const { err } = await desk.tars(['ps', '--port', 'nope'], { env: { TARS_DEBUG: '1' } });
    expect(err).toMatch(/\n\s+at /);
  });

  it('completes commands, choices and options', async () => {
    const complete = async (...words: string[]): Promise<string[]> =>
      (await desk.tars(['--get-yargs-completions', 'tars', ...words])).out.trim().split('\n');
    expect(await complete('')).toEqual(expect.arrayContaining(commands.map(commandName)));
    expect(await complete('board', 'st')).toEqual(['start', 'stop']);
    expect(await complete('flash', '--')).toEqual(expect.arrayContaining(['--port', '--board', '--json']));
    expect((await desk.tars(['completion'])).out).toContain('complete -o bashdefault');
  });

  it('colours only for people: not with NO_COLOR, not with --no-color, not into a pipe', async () => {
    for (const args of [['boards'], ['boards', '--no-color']])
      expect((await desk.tars(args)).out).not.toContain('\x1b');
    expect((await desk.tars(['boards'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).out).toContain('\x1b[');
    expect(
      (await desk.tars(['boards', '--color=false'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).out,
    ).not.toContain('\x1b[');
    expect((await desk.tars(['boards', '--no-color'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).out).not.toContain(
      '\x1b[',
    );
  });
});
