import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePath } from '../home.js';
import { clearError, Desk } from '../testing/tars.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => desk.dispose());

const example = (name: string): string => homePath(`examples/${name}`);
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const COUNTER = `behaviour counter
use led: gpio.out = board.LED
message Count { n: i32, half: f32 }
message Reset { to: i32 }
publish out: Count = "count"
subscribe again: Reset = "reset"
param step: i32 = 1 in 1 ..= 100
var n: i32 = 0
log "hello from {}", step
every 20ms { n += step; led.toggle(); out.send({ n: n, half: f32(n) * 0.5 }) }
on again { n = again.to }
`;

describe('commands on a running board', () => {
  beforeEach(async () => {
    await desk.board({ name: 'desk' });
    writeFileSync(join(desk.folder, 'counter.tars'), COUNTER);
    const { exit, err } = await desk.tars(['flash', 'counter.tars']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
  });

  it('show, change and refuse parameters', async () => {
    expect(JSON.parse((await desk.tars(['param', '--json'])).out)).toEqual([
      { behaviour: 'counter', name: 'step', type: 'i32', value: 1, min: 1, max: 100, unit: '' },
    ]);
    expect(await desk.tars(['param', 'set', 'counter.step', '7'])).toMatchObject({ exit: 0, out: '7\n' });
    expect(await desk.tars(['param', 'get', 'step'])).toMatchObject({ exit: 0, out: '7\n' });
    for (const [args, message] of [
      [['set', 'step', '101'], 'outside the range'],
      [['set', 'step', 'x'], 'not the right kind of value'],
      [['set', 'step', '1.5'], 'not the right kind of value'],
      [['get', 'nope'], 'there is no parameter nope'],
    ] as const) {
      const { exit, err } = await desk.tars(['param', ...args]);
      expect(exit).toBe(1);
      expect(err).toMatch(clearError);
      expect(err).toContain(message);
    }
    expect(await desk.tars(['param', 'get'])).toMatchObject({ exit: 2 });
  });

  it('stream messages with their fields, and end after as many as asked', async () => {
    const { exit, out } = await desk.tars(['sub', 'count', '-n', '5', '--json']);
    expect(exit).toBe(0);
    const messages = lines(out) as { topic: string; fields: { n: number; half: number } }[];
    expect(messages).toHaveLength(5);
    const first = messages[0]?.fields.n ?? 0;
    expect(messages.map(({ fields }) => fields.n)).toEqual([0, 1, 2, 3, 4].map((more) => first + more));
    expect(messages[0]).toMatchObject({ topic: 'count', fields: { half: first / 2 } });
    expect((await desk.tars(['sub', '-n', '1'])).out).toMatch(/^ *\d+\.\d{6} count {2}n=\d+ half=[\d.]+\n$/);
    expect(await desk.tars(['sub', 'nope'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('topics: ') as string,
    });
  });

  it('publish messages to behaviours', async () => {
    expect(await desk.tars(['pub', 'reset', 'to=1000000'])).toMatchObject({ exit: 0, out: 'reset to=1000000\n' });
    const [message] = lines((await desk.tars(['sub', 'count', '-n', '1', '--json'])).out) as {
      fields: { n: number };
    }[];
    expect(message?.fields.n).toBeGreaterThan(1_000_000);
    expect(await desk.tars(['pub', 'reset', '-5'])).toMatchObject({ exit: 0, out: 'reset to=-5\n' });
    expect(await desk.tars(['pub', 'reset'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('write `tars pub reset to=I32`') as string,
    });
    expect(await desk.tars(['pub', 'reset', 'wrong=1'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('the field to is missing') as string,
    });
  });

  it('stop and start a behaviour, and follow its log and status', async () => {
    expect((await desk.tars(['logs'])).out).toContain('counter  hello from 1');
    const follower = desk.background(['logs', '-f', '--json']);
    await follower.shows(/hello from 1/);
    expect(await desk.tars(['stop', 'counter'])).toMatchObject({ exit: 0 });
    expect(JSON.parse((await desk.tars(['ps', '--json'])).out)).toMatchObject({
      board: { engine: 'wamr' },
      behaviours: [{ behaviour: 'counter', status: 'stopped' }],
    });
    expect(await desk.tars(['start', 'counter'])).toMatchObject({ exit: 0 });
    await follower.shows(/stopped[^]*running/);
    const { exit, out } = await follower.end();
    expect(exit).toBe(0);
    const changes = [
      { status: 'running', reason: null },
      { status: 'stopped', reason: null },
      { status: 'running', reason: null },
    ];
    expect(lines(out).filter(({ status }) => status !== undefined)).toMatchObject(changes);
    const later = lines((await desk.tars(['logs', '--json'])).out);
    expect(later.filter(({ status }) => status !== undefined)).toMatchObject(changes);
    expect(lines(out).filter(({ text }) => text === 'hello from 1')).toHaveLength(2);
    expect(await desk.tars(['stop', 'counter', '--json'])).toEqual({
      exit: 0,
      out: '{"behaviour":"counter","stopped":true}\n',
      err: '',
    });
    expect(await desk.tars(['pub', 'reset', '7', '--json'])).toEqual({
      exit: 0,
      out: '{"topic":"reset","fields":{"to":7}}\n',
      err: '',
    });
    expect(await desk.tars(['stop', 'nobody'])).toMatchObject({
      exit: 1,
      err: expect.stringMatching(clearError) as string,
    });
  });
});

describe('values on a running board', () => {
  it('are taken as they are printed, and logged as what they are', async () => {
    await desk.board({ name: 'desk' });
    const source = `behaviour values
message Drive { left: f32 pct, big: u32 }
publish said: Drive = "said"
subscribe drive: Drive = "drive"
param k: f32 degC = -0.5degC in -1000degC ..= 1000degC
param big: u32 = 4000000000 in 0 ..= 4294967295
on drive { said.send({ left: drive.left, big: drive.big }); log "{} {} {} {}", drive.big, drive.big > 7, drive.left, -1 }
`;
    writeFileSync(join(desk.folder, 'values.tars'), source);
    expect(await desk.tars(['flash', 'values.tars'])).toMatchObject({ exit: 0, err: '' });
    for (const value of ['-1e-7', '-0']) {
      const { out } = await desk.tars(['param', 'set', 'values.k', value]);
      expect(out).toBe(`${value}degC\n`);
      expect(await desk.tars(['param', 'set', 'values.k', out.trim()])).toMatchObject({ exit: 0, out });
    }
    const { out } = await desk.tars(['param', 'get', 'big']);
    expect(await desk.tars(['param', 'set', 'big', out.trim()])).toMatchObject({ exit: 0, out: '4000000000\n' });
    const message = 'left=-50pct big=4294967295';
    expect(await desk.tars(['pub', 'drive', ...message.split(' ')])).toMatchObject({
      exit: 0,
      out: `drive ${message}\n`,
    });
    expect(await desk.tars(['pub', 'drive', '-50pct', '4294967296'])).toMatchObject({ exit: 1 });
    expect((await desk.tars(['logs'])).out).toContain('4294967295 true -50 -1\n');
    expect(lines((await desk.tars(['logs', '--json'])).out)).toContainEqual(
      expect.objectContaining({ fields: [4_294_967_295, true, -50, -1] }),
    );
  });
});

describe('the logs of a board that is never quiet', () => {
  it('end with what it held when they were asked for', async () => {
    await desk.board({ name: 'desk' });
    writeFileSync(
      join(desk.folder, 'chatter.tars'),
      'behaviour chatter\nvar n: i32 = 0\nevery 20ms { n += 1; log "line {}", n }\n',
    );
    expect(await desk.tars(['flash', 'chatter.tars'])).toMatchObject({ exit: 0 });
    const { exit, out } = await desk.tars(['logs', '--json'], { timeoutMs: 5000 });
    expect(exit).toBe(0);
    expect(lines(out).length).toBeGreaterThan(0);
    expect((await desk.tars(['logs'], { timeoutMs: 5000 })).exit).toBe(0);
  });
});

describe('tars run', () => {
  it('shows what an app does on a private board, as text and as JSON, and leaves nothing behind', async () => {
    const events = lines((await desk.tars(['run', example('blink'), '--for', '1.6', '--json'])).out);
    const edges = events.filter(({ event, pin }) => event === 'pin' && pin === 'LED');
    expect(edges.map(({ level }) => level)).toEqual([1, 0, 1].slice(0, edges.length));
    expect(edges.length).toBeGreaterThanOrEqual(2);
    const [first, second] = edges.map(({ time }) => Number(time));
    expect(Math.abs((second ?? 0) - (first ?? 0) - 500_000)).toBeLessThan(250_000);
    expect((await desk.tars(['run', example('blink'), '--for', '0.8'])).out).toMatch(/ pin +LED {2}high/);
    expect((await desk.tars(['board', 'list', '--json'])).out).toBe('[]\n');
  });

  it('swaps to a new version when a source is saved, keeps its state, and survives a mistake', async () => {
    const path = join(desk.folder, 'counter.tars');
    writeFileSync(path, COUNTER);
    const running = desk.background(['run', 'counter.tars', '--watch', '--json']);
    await running.shows(/"topic":"count"/);
    writeFileSync(path, COUNTER.replace('n += step;', 'n += stepp;'));
    await running.shows(/stepp/);
    writeFileSync(
      path,
      COUNTER.replace('n += step;', 'n += step * 1000;').replace('var n', 'var unused: f32 = 3\nvar n'),
    );
    await running.shows(/swapped in \d+ ms[^]*"n":\d{4,}/);
    const { exit, out, err } = await running.end();
    expect(exit).toBe(0);
    expect(err).toContain('counter.tars:');
    expect(err).toContain('stepp');
    const counts = lines(out)
      .filter(({ topic }) => topic === 'count')
      .map(({ fields }) => (fields as { n: number }).n);
    const steps = counts.slice(1).map((n, index) => n - (counts[index] ?? 0));
    expect(new Set(steps)).toEqual(new Set([1, 1000]));
    expect(steps.indexOf(1000)).toBe(steps.lastIndexOf(1) + 1);
  });

  it('leaves nothing behind when the reader of its output goes away', async () => {
    const { exit, err } = await desk.tars(['run', example('blink'), '--json'], {
      env: { TMPDIR: desk.folder },
      started: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(readdirSync(desk.folder).filter((name) => name.startsWith('tars-run-'))).toEqual([]);
  });

  it('leaves nothing behind when its terminal is closed', async () => {
    await desk.tars(['run', example('blink'), '--json'], {
      env: { TMPDIR: desk.folder },
      started: (child) => child.stdout?.once('data', () => child.kill('SIGHUP')),
    });
    expect(readdirSync(desk.folder).filter((name) => name.startsWith('tars-run-'))).toEqual([]);
  });

  it('waits with --watch for the first version that is right, and for a file that is not there yet', async () => {
    const path = join(desk.folder, 'counter.tars');
    writeFileSync(path, 'behaviour counter\nnope()\n');
    const given = desk.background(['run', 'counter.tars', '--watch']);
    const run = desk.background(['run', 'counter.tars', '--watch']);
    await given.shows(/waiting for a change; Ctrl-C ends/);
    expect((await given.end()).exit).toBe(0);
    await run.shows(/waiting for a change/);
    writeFileSync(path, 'behaviour counter\nlog "first"\n');
    await run.shows(/first/);
    writeFileSync(join(desk.folder, 'tars.toml'), '[app]\nname = "a"\n[behaviours.two]\nfile = "two.tars"\n');
    expect((await run.end()).exit).toBe(0);
    const project = desk.background(['run', '--watch']);
    await project.shows(/two\.tars[^]*waiting for a change/);
    writeFileSync(join(desk.folder, 'two.tars'), 'behaviour two\nlog "second"\n');
    await project.shows(/second/);
    expect((await project.end()).exit).toBe(0);
  });

  it('watches a behaviour that the project names later', async () => {
    const project = (...names: string[]): string =>
      ['[app]', 'name = "room"', ...names.flatMap((name) => [`[behaviours.${name}]`, `file = "${name}.tars"`])].join(
        '\n',
      );
    const behaviour = (name: string, text: string): void =>
      writeFileSync(join(desk.folder, `${name}.tars`), `behaviour ${name}\nlog "${text}"\n`);
    behaviour('one', 'first');
    behaviour('two', 'second');
    writeFileSync(join(desk.folder, 'tars.toml'), project('one'));
    const run = desk.background(['run', '--watch']);
    await run.shows(/first/);
    writeFileSync(join(desk.folder, 'tars.toml'), project('one', 'two'));
    await run.shows(/second/);
    behaviour('two', 'third');
    await run.shows(/third/);
    expect((await run.end()).exit).toBe(0);
  });

  it('refuses a source with mistakes before it starts', async () => {
    writeFileSync(join(desk.folder, 'bad.tars'), 'behaviour bad\nevery 5 { }\n');
    const { exit, err } = await desk.tars(['run', 'bad.tars', '--for', '1']);
    expect(exit).toBe(1);
    expect(err).toContain('--> bad.tars:2:7');
  });

  it('draws a live view on a terminal, and presses an input for a key', async () => {
    // `script` gives the command a real terminal; its input comes from the pipe.
    const command = `${process.execPath} ${homePath('cli/bin/tars.js')} run ${example('servo')}`;
    const child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: desk.folder,
      env: { ...process.env, XDG_STATE_HOME: desk.folder, TERM: 'xterm' },
    });
    let screen = '';
    child.stdout.on('data', (bytes: Buffer) => (screen += bytes.toString()));
    const shows = (what: RegExp): Promise<void> =>
      expect
        .poll(() => screen)
        .toMatch(what)
        .then(() => undefined);
    await shows(/1 toggles \w+/);
    await shows(/SERVO1 *(\x1b\[\d+m)* +1500 us/); // eslint-disable-line no-control-regex -- colours
    child.stdin.write('1');
    await shows(/SERVO1 *(\x1b\[\d+m)* +1[0-4]\d\d us/); // eslint-disable-line no-control-regex -- colours
    child.stdin.write('q');
    const exit = await new Promise((resolve) => child.on('close', resolve));
    expect(exit).toBe(0);
    expect(screen).toContain('servo  running');
  });
});
