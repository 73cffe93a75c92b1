import type { ChildProcess } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packApp } from '../../ota/host/app.js';
import { handmade, type RawManifest } from '../../sdk/model/testing/handmade.js';
import { LinkClient } from '../transport/link.js';
import { SerialTransport } from '../transport/serial.js';
import { TcpTransport } from '../transport/tcp.js';
import { clearError, Desk, type Result } from '../testing/tars.js';

const TOGGLE = '(import "t" "1" (func $toggle (param i32)))';
const wat = (body: string, more = ''): string =>
  `(module ${TOGGLE} ${more} (func (export "r") (param i32 i32) ${body}))`;
const blink = (pin: string, name: string, more: RawManifest = {}): Uint8Array =>
  handmade(wat('(if (local.get 0) (then (call $toggle (i32.const 0))))'), {
    name,
    calls: [1],
    uses: [[1, pin]],
    sources: [[0, 10_000]],
    ...more,
  });

/** A module with log texts that make it about 1,600 bytes long. */
const large = (name: string): Uint8Array =>
  blink('LED', name, { logs: Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index).repeat(100)) });

/**
 * The module with a custom section that makes it almost as long as one may be: eight of them fill half of the flash.
 */
function padded(module: Uint8Array, fill: number): Uint8Array {
  const content = Uint8Array.of(1, 0x78, ...new Uint8Array(65_000).fill(fill));
  const length = [(content.length & 0x7f) | 0x80, ((content.length >> 7) & 0x7f) | 0x80, content.length >> 14];
  return Uint8Array.from([...module, 0, ...length, ...content]);
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => desk.dispose());

const file = (name: string, bytes: Uint8Array, on = desk): string => {
  writeFileSync(join(on.folder, name), bytes);
  return name;
};

/** For trials that nobody judges. */
const BRIEF = ['--health', '0.3'];

/** A board that stands still. It takes ten seconds to refuse it: they pass beside the other tests. */
const still = new Desk();
let silent: Promise<Result>, asleep: number;
beforeAll(async () => {
  const { pty, pid } = await still.board({ name: 'desk' });
  process.kill((asleep = pid), 'SIGSTOP');
  silent = still.tars(['flash', file('a.wasm', blink('LED', 'a'), still), '--port', pty]);
});
afterAll(async () => {
  process.kill(asleep, 'SIGCONT');
  await still.dispose();
});
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await desk.tars([...args, '--json'])).out) as Record<string, unknown>;
const programs = async (): Promise<number> => ((await json('ps'))['board'] as { programs: number }).programs;

describe('tars flash', () => {
  it('says why the board refuses an app, and is not done before the health window has passed', async () => {
    await desk.board({ name: 'desk' });
    expect(await desk.tars(['flash', file('good.wasm', blink('LED', 'good'))])).toMatchObject({ exit: 0 });
    const denied = await desk.tars(['flash', file('denied.wasm', blink('LED', 'denied', { calls: [2] }))]);
    expect(denied).toMatchObject({ exit: 1, out: '' });
    expect(denied.err).toMatch(clearError);
    expect(denied.err).toContain('gpio.toggle is not in the manifest');
    const late = handmade(wat('(if (local.get 0) (then unreachable))'), {
      name: 'late',
      calls: [1],
      uses: [[1, 'LED']],
      sources: [[0, 400_000]],
    });
    const fault = await desk.tars(['flash', file('late.wasm', late)]);
    expect(fault).toMatchObject({ exit: 1, out: '' });
    expect(fault.err).toMatch(clearError);
    expect(fault.err).toContain('the trial ended: trap in late, unreachable; the app before it is back');
    expect(await json('ps')).toMatchObject({ behaviours: [{ behaviour: 'good', trial: false }] });
    let flashing: ChildProcess | undefined;
    const next = file('next.wasm', blink('LED', 'next'));
    const ended = desk.tars(['flash', next, '--health', '2.5'], { started: (child) => (flashing = child) });
    await expect.poll(() => json('ps')).toMatchObject({ behaviours: [{ behaviour: 'next', trial: true }] });
    flashing?.kill('SIGINT');
    const { exit, err } = await ended;
    expect([exit, err]).toEqual([1, expect.stringMatching(clearError)]);
    expect(err).toContain('interrupted; the trial is over: the app of before comes back');
    expect(await json('ps')).toMatchObject({ behaviours: [{ behaviour: 'good', trial: false }] });
    const start = performance.now();
    await desk.tars(['flash', next, '--health', '2.5']);
    expect(performance.now() - start).toBeGreaterThan(2500);
    for (const wrong of ['0', '-1', '5', 'x'])
      expect(await desk.tars(['flash', 'next.wasm', '--health', wrong])).toMatchObject({ exit: 2 });
  });

  it('writes an app over the pseudo-terminal, and the second time nothing at all', async () => {
    const { pty } = await desk.board({ name: 'desk' });
    const module = file('a.wasm', blink('LED', 'a'));
    const first = await json('flash', module, '--port', pty, ...BRIEF);
    expect(first).toMatchObject({ same: false, sent: 1, port: pty });
    const writes = await programs();
    expect(writes).toBeGreaterThan(0);
    const { exit, out } = await desk.tars(['flash', module, '--port', pty]);
    expect({ exit, out }).toEqual({ exit: 0, out: 'desk: nothing to do, this app runs already\n' });
    expect(await programs()).toBe(writes);
  });

  it('takes the only board by default and sends only the modules that the board lacks', async () => {
    await desk.board({ name: 'only' });
    const [a, b, c] = [blink('LED', 'a'), blink('LED2', 'b'), blink('PA0', 'c')];
    await desk.tars(['flash', file('ab.app', packApp({ class: 'virtual', modules: [a, b] })), ...BRIEF]);
    expect(await json('flash', file('ac.app', packApp({ class: 'virtual', modules: [a, c] })), ...BRIEF)).toMatchObject(
      {
        same: false,
        sent: 1,
        bytes: c.length,
      },
    );
    const { behaviours } = await json('ps');
    expect(behaviours).toMatchObject([
      { behaviour: 'a', status: 'running', stored: true, trial: false },
      { behaviour: 'c', status: 'running' },
    ]);
  });

  it('keeps the app over a restart of the board', async () => {
    const { pid } = await desk.board({ name: 'desk' });
    await desk.tars(['flash', file('a.wasm', blink('LED', 'a')), ...BRIEF]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await desk.tars(['board', 'list', '--json'])).out).toContain('"running":false');
    await desk.board({ name: 'desk' });
    expect((await json('ps'))['behaviours']).toMatchObject([{ behaviour: 'a', status: 'running' }]);
  });
});

/** Bad input: one clear error that says what to do, an exit code that isn't 0, no stack trace. */
describe('tars flash refuses', () => {
  const refused = async (
    args: readonly string[],
    exit: number,
    message: string,
    started?: Parameters<Desk['tars']>[1],
  ): Promise<void> => {
    const result = await desk.tars(args, started);
    expect(result.err).toMatch(clearError);
    expect(result.err).toContain(message);
    expect({ exit: result.exit, out: result.out }).toEqual({ exit, out: '' });
  };

  it('a missing file', () => refused(['flash', 'none.tars'], 1, 'there is no file or folder none.tars'));

  it('a file that is neither module nor app', async () => {
    await desk.board({ name: 'desk' });
    await refused(['flash', file('x.bin', Uint8Array.of(1, 2, 3))], 1, 'neither a module nor an app image');
  });

  it('a port that does not exist', () =>
    refused(['flash', file('a.wasm', blink('LED', 'a')), '--port', '/dev/ttyNONE'], 3, 'there is no port'));

  it('no board, and more than one', async () => {
    const module = file('a.wasm', blink('LED', 'a'));
    await refused(['flash', module], 3, 'there is no board');
    await desk.board({ name: 'one' });
    await desk.board({ name: 'two' });
    await refused(['flash', module], 3, 'there are 2 boards');
  });

  it('a serial port that another program uses', async () => {
    const { pty } = await desk.board({ name: 'desk' });
    const link = new LinkClient(new SerialTransport(pty));
    await link.connect();
    await refused(['flash', file('a.wasm', blink('LED', 'a')), '--port', pty], 3, 'is in use by another program');
    await link.close();
  });

  it('an app for another class of board', async () => {
    await desk.board({ name: 'desk' });
    await refused(
      ['flash', file('x.app', packApp({ class: 'esp32-devkitc', modules: [blink('LED', 'a')] }))],
      1,
      'class esp32-devkitc',
    );
  });

  it('to go on when the board goes away in the middle', async () => {
    const { pid, pty, tcp } = await desk.board({ name: 'desk', baud: 9600 });
    const module = file('a.wasm', large('a'));
    // At 9,600 baud the module takes more than a second. A second link tells when the board has got
    // `hello` and `install.begin`: then the first data is on its way.
    const link = new LinkClient(new TcpTransport({ host: '127.0.0.1', port: tcp ?? 0 }));
    await link.connect();
    const kill = async (): Promise<void> => {
      for (let own = 2; (await link.request('board', {})).frames < own + 2;) own++;
      process.kill(pid, 'SIGKILL');
    };
    let killed: Promise<void> | undefined;
    await refused(['flash', module, '--port', pty], 3, 'is gone', { started: () => void (killed = kill()) });
    await killed;
    await link.close();
  });

  it('an app that does not fit the flash beside the old one, and the old one goes on', async () => {
    await desk.board({ name: 'desk' });
    const app = (fill: number): Uint8Array =>
      packApp({
        class: 'virtual',
        modules: Array.from({ length: 8 }, (_, index) =>
          padded(handmade(wat(''), { name: `m${index}`, calls: [1] }), fill + index),
        ),
      });
    expect((await desk.tars(['flash', file('a.app', app(0)), ...BRIEF])).exit).toBe(0);
    await refused(['flash', file('b.app', app(100))], 1, 'the flash is full');
    expect((await json('ps'))['behaviours']).toMatchObject(
      Array.from({ length: 8 }, (_, index) => ({ behaviour: `m${index}`, status: 'running' })),
    );
  });

  it('a module that is too big for the arena, and the old app goes on', async () => {
    await desk.board({ name: 'desk' });
    await desk.tars(['flash', file('a.wasm', blink('LED', 'a')), ...BRIEF]);
    const functions = `(func (local f64) ${'(local.set 0 (f64.add (local.get 0) (f64.const 1)))'.repeat(3800)})`;
    await refused(
      ['flash', file('b.wasm', handmade(wat('', functions), { name: 'b', calls: [1], uses: [[1, 'LED']] }))],
      1,
      'a behaviour on virtual has 98304',
    );
    expect((await json('ps'))['behaviours']).toMatchObject([{ behaviour: 'a', status: 'running' }]);
  });
});

describe('a port with something else behind it', () => {
  it('is refused after some patience, with the reason', async () => {
    const { exit, err } = await silent;
    expect(exit).toBe(3);
    expect(err).toMatch(
      /^the board on \S+ does not answer yet: waiting up to 10 s for it\nerror: .*does not answer hello/,
    );
  });
});

describe('virtual boards', () => {
  it('are found by name, refuse to start twice and keep their flash when they are stopped', async () => {
    expect((await desk.tars(['board', 'start', 'rover'])).exit).toBe(0);
    const again = await desk.tars(['board', 'start', 'rover']);
    expect(again).toMatchObject({ exit: 1, err: expect.stringMatching(clearError) as string });
    await desk.tars(['flash', file('a.wasm', blink('LED', 'a')), '--port', 'rover', ...BRIEF]);
    expect(await desk.tars(['board', 'stop', 'rover'])).toMatchObject({ exit: 0 });
    expect(await desk.tars(['board', 'stop', 'rover'])).toMatchObject({
      exit: 3,
      err: expect.stringMatching(clearError) as string,
    });
    await desk.tars(['board', 'start', 'rover']);
    expect((await json('ps'))['behaviours']).toMatchObject([{ behaviour: 'a' }]);
  });

  it('are reached over the loopback while another program holds the serial port', async () => {
    const { pty } = await desk.board({ name: 'desk' });
    const link = new LinkClient(new SerialTransport(pty));
    await link.connect();
    expect(await desk.tars(['ps'])).toMatchObject({ exit: 0 });
    await link.close();
  });

  it('say why they did not start', async () => {
    symlinkSync('/nonexistent', join(desk.folder, 'trace'));
    const { exit, err } = await desk.tars(['board', 'start', 'x', '--trace', 'trace/a/b']);
    expect(exit).toBe(3);
    expect(err).toMatch(clearError);
  });
});
