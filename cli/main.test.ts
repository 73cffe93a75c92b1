import { spawnSync } from 'node:child_process';
import { closeSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
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
    ['a missing argument', ['start'], 'Not enough non-option arguments'],
    ['a wrong choice', ['board', 'paint'], 'Choices: "start", "stop", "list"'],
    ['a malformed address', ['ps', '--port', 'tcp:nowhere'], 'is no address'],
    ['an option that is repeated', ['ps', '--port', 'a', '--port', 'b'], '--port is given more than once'],
    ['a number that is none', ['sub', '--count', 'many'], '--count takes a number'],
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
    for (const command of ['check', 'build', 'inspect', 'run']) {
      const { exit, err } = await desk.tars([command, 'loop.tars']);
      expect(exit).toBe(3);
      expect(err).toMatch(clearError);
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
