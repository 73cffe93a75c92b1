/**
 * The smallest image for the Cortex-M7 through a whole life: apps over the link into its store, trials that end badly,
 * reactions without end, retained values, an owner with signed updates and commands. In the end none of its stacks has
 * been used up.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install } from '../../cli/device/install.js';
import { readRows } from '../../cli/device/rows.js';
import { Desk } from '../../cli/testing/tars.js';
import { limits } from '../../hal/contract/index.js';
import { moduleDigest, packApp } from '../../ota/host/app.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { runs } from '../../sdk/testing/figures.js';
import { BEAT_US, neighbour, spinner } from '../acceptance/modules.js';
import { example, tars as program } from '../program.js';
import { until } from './board.js';
import { lackingSmallest, SmallBoard, type Stack, symbolsOf } from './small-board.js';

const CLASS = 'qemu-m7-smallest';
const SPINS = runs({ full: 20, short: 4 });
/** Of the trials of signed apps: long enough for the host to look at the app once. */
const HEALTH_S = '0.5';
/**
 * Bytes of every stack that nothing may have touched: an interrupt that comes at the deepest point another time puts
 * all registers there, 204 bytes, or 68 of tasks that never use the floating-point unit.
 */
const spare = ({ name }: Stack): number => (name === 'uxIdleTaskStack' ? 128 : name === 'guard_stack' ? 192 : 256);
const FIELDS = Array.from({ length: limits.fields.value }, (_, i) => `f${i}:i32`).join(',');
const PUTS = '(call $put (i32.const 1234567890))'.repeat(limits.fields.value);
/** Says as much at once as a behaviour can: every field in a message and in a line of the log. */
const talker = (): Uint8Array =>
  handmade(
    `(module
  (import "t" "9" (func $put (param i32)))
  (import "t" "4" (func $send (param i32)))
  (import "t" "t" (func $log (param i32)))
  (func (export "r") (param i32 i32)
    (br_if 0 (i32.eqz (local.get 0)))
    ${PUTS} (call $send (i32.const 0))
    ${PUTS} (call $log (i32.const 0))))`,
    {
      name: 'talker',
      calls: [4, 9, 29],
      uses: [[10, 'talk', 0, FIELDS]],
      sources: [[0, 5 * BEAT_US]],
      logs: ['{} '.repeat(16).trim()],
    },
  );
/** Calls itself for ever: at its first tick, or at a message, which comes when the host has confirmed the app. */
const deep = (at: 'tick' | 'message'): Uint8Array =>
  handmade(
    `(module
  (import "t" "1" (func $toggle (param i32)))
  (func $down (param i32) (call $toggle (i32.const 0)) (call $down (i32.add (local.get 0) (i32.const 1))))
  (func (export "r") (param i32 i32) (if (local.get 0) (then (call $down (i32.const 0))))))`,
    {
      name: 'deep',
      calls: [1],
      uses: [
        [1, 'LED2'],
        [11, 'go', 'n:i32'],
      ],
      sources: [at === 'tick' ? [0, BEAT_US] : [2, 1]],
      restart: [1000, 2],
    },
  );
/** The module with a custom section of so many bytes, at most 16 K, that say nothing. */
const padded = (module: Uint8Array, bytes: number): Uint8Array =>
  Uint8Array.from([...module, 0, ((bytes + 2) & 0x7f) | 0x80, (bytes + 2) >> 7, 1, 0x78, ...new Uint8Array(bytes)]);
const blinker = (name: string, ms: number): Uint8Array =>
  program(
    `behaviour ${name}\nuse led: gpio.out = board.LED2\nretain param level: i32 = 1 in 0 ..= 9\nevery ${ms}ms { ` +
      'led.toggle() }',
  );

/** In this order: each test starts where the one before left the board. */
describe.skipIf(lackingSmallest)('the smallest image on the emulated Cortex-M7', { timeout: 180_000 }, () => {
  const desk = new Desk();
  let board: SmallBoard;
  const flash = (modules: readonly Uint8Array[], store = true): Promise<unknown> =>
    board.linked((link, hello) => install({ link, hello }, { class: CLASS, modules }, { store }));
  /** What runs, with its faults. */
  const running = (): Promise<string[]> =>
    board.linked(async (link) =>
      (await readRows(link, 'list')).map(({ behaviour, faults }) => `${behaviour} ${faults}`),
    );
  const tars = async (...args: string[]): Promise<string> => {
    const { exit, out, err } = await desk.tars(args, { env: { TARS_PASSPHRASE: 'correct horse' }, timeoutMs: 120_000 });
    return exit === 0 ? out : err;
  };
  const flashed = (path: string, ...more: string[]): Promise<string> =>
    tars('flash', path, '--port', board.port, ...more);

  beforeAll(async () => {
    board = await SmallBoard.open();
    await tars('keys', 'new', 'alice');
    await tars('keys', 'new', 'olga', '--role', 'operator');
    await tars('keys', 'root', 'one.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
    await tars('keys', 'root', 'two.root', '--after', 'one.root', '--member', 'alice', 'olga', '--key', 'alice');
  }, 180_000);
  afterAll(async () => {
    await board.close();
    await desk.dispose();
  });

  it('runs blink and servo from its store, before and after a reset', async () => {
    await flash([example('blink/blink.tars'), example('servo/servo.tars')]);
    await board.blinks(0);
    await board.reset();
    expect(await running()).toEqual(['blink 0', 'servo 0']);
    await board.blinks(0);
  });

  it('swaps, and takes the old app back from one that faults in its trial or that nobody confirms', async () => {
    const [old, calls] = [[example('blink/blink.tars'), blinker('other', 20)], deep('tick')];
    await flash(old);
    await board.blinks(1);
    const offer = (module: Uint8Array): Promise<void> =>
      board.linked(async (link) => {
        await link.request('install.begin', {
          class: CLASS,
          store: true,
          digests: moduleDigest(module),
          sizes: [module.length],
        });
        await link.request('install.data', { module: 0, offset: 0, data: module });
        await link.request('install.commit', {}, { timeoutMs: 5000 });
      });
    for (const module of [calls, blinker('unwanted', 30)]) {
      await offer(module);
      await until(running, (names) => names.length === 2);
      expect(await running()).toEqual(['blink 0', 'other 0']);
    }
    await board.blinks(1);
  });

  it('keeps a retained value', async () => {
    await board.linked(async (link) => {
      const { programs } = await link.request('board', {});
      await link.request('param.set', { behaviour: 'other', name: 'level', value: 7 });
      expect((await link.request('board', {})).programs).toBeGreaterThan(programs); // stored before the answer
    });
    await board.reset();
    expect(await board.linked((link) => link.request('param.get', { behaviour: 'other', name: 'level' }))).toEqual({
      value: 7,
    });
  });

  it('has no calls for SPI and serial ports, and refuses by name what needs them', async () => {
    const source = (use: string, statement: string): string =>
      `behaviour wants\nuse x: ${use}\nevery 1s { ${statement} else { } }\n`;
    const wanting = {
      'spi.write_u8': source('spi = board.SPI1 mode 0 max 1000kHz select board.PA4', 'x.write_u8(reg: 1, value: 2)'),
      'uart.write_u8': source('uart = board.UART1 at 9600', 'x.write_u8(65)'),
    };
    const before = await running();
    for (const [call, text] of Object.entries(wanting)) {
      const module = program(text);
      writeFileSync(join(desk.folder, 'wants.wasm'), module);
      expect(await flashed('wants.wasm')).toContain(`the board lacks the host call ${call}`);
      await expect(flash([module])).rejects.toMatchObject({ code: 'missing_call' });
    }
    expect(await running()).toEqual(before);
    expect(symbolsOf(/^tars_(run|call)_(spi|uart)_/)).toEqual([]);
    expect(symbolsOf(/^tars_(run|call)_i2c_/)).not.toEqual([]);
  });

  it('abandons reactions without end, and runs what traps or talks beside a neighbour', async () => {
    await flash([neighbour('LED'), spinner('i2c')], false);
    await board.linked(async (link) => {
      for (let n = 1; n <= SPINS; n++) {
        await link.request('publish', { topic: 'go', fields: [n] });
        await until(
          () => link.request('board', {}),
          ({ abandoned }) => abandoned === n,
        );
        await link.request('start', { behaviour: 'spinner' }); // it was parked
        // The command is answered before the behaviour begins, and what is published until then doesn't reach it.
        await until(
          () => link.request('stats', { behaviour: 'spinner' }),
          ({ reactions }) => reactions === 2 * n + 1,
        );
      }
    });
    await board.blinks(0);
    await flash([neighbour('LED'), talker()], false);
    await board.linked(async (link) => {
      let [messages, lines] = [0, 0];
      link.on('message', ({ fields }) => (messages += fields.length === limits.fields.value ? 1 : 0));
      link.on('log', ({ fields }) => (lines += fields.length === limits.fields.value ? 1 : 0));
      await link.request('subscribe', { topic: '', on: true });
      await link.request('logs', { on: true, history: true });
      await until(
        () => Promise.resolve([messages, lines]),
        (counts) => counts.every((count) => count > 20),
      );
    });
    await flash([neighbour('LED'), deep('message')], false);
    await board.linked(async (link) => {
      for (const faults of [1, 2]) {
        await link.request('publish', { topic: 'go', fields: [faults] });
        await until(
          () => readRows(link, 'list'),
          (rows) => rows[1]?.faults === faults && (faults === 2 || rows[1].status === 1), // parked at the second
        );
      }
    });
  });

  it('belongs to an owner, whose signed apps it takes and no others', async () => {
    writeFileSync(
      join(desk.folder, 'pair.app'),
      packApp({ class: CLASS, modules: [example('blink/blink.tars'), example('kalman/kalman.tars')] }),
    );
    writeFileSync(
      join(desk.folder, 'other.app'),
      packApp({ class: CLASS, modules: [example('blink/blink.tars'), blinker('other', 20)] }),
    );
    expect(await tars('provision', '--root', 'one.root', '--port', board.port)).toContain(
      'belongs to robots.example now, root document 1',
    );
    expect(await flashed('pair.app')).toContain('must be signed');
    await expect(flash([neighbour('LED')])).rejects.toMatchObject({ code: 'owned' });
    expect(await flashed('pair.app', '--key', 'alice', '--health', HEALTH_S)).toContain('committed');
    expect(await running()).toEqual(['blink 0', 'kf 0']);
    expect(await flashed('other.app', '--key', 'alice', '--health', HEALTH_S)).toContain('committed');
    await board.blinks(1);
    await board.reset();
    expect(await running()).toEqual(['blink 0', 'other 0']);
  });

  it('takes an app that fits no bundle, a new root document, and signed commands', async () => {
    writeFileSync(
      join(desk.folder, 'long.app'),
      packApp({ class: CLASS, modules: [padded(example('blink/blink.tars'), 5000), blinker('other', 20)] }),
    );
    expect(await flashed('long.app', '--key', 'alice', '--health', HEALTH_S)).toContain('committed');
    expect(await running()).toEqual(['blink 0', 'other 0']);
    expect(await tars('provision', '--root', 'two.root', '--port', board.port)).toContain('root document 2');
    expect(await tars('stop', 'other', '--port', board.port)).toContain('must be signed');
    expect(await tars('stop', 'other', '--key', 'olga', '--port', board.port)).not.toContain('error');
    await until(
      () => board.linked((link) => readRows(link, 'list')),
      (rows) => rows[1]?.status === 0,
    );
    expect(await tars('start', 'other', '--key', 'olga', '--port', board.port)).not.toContain('error');
    await board.blinks(1);
  });

  it('has room on every stack', async () => {
    const stacks = await board.stacks();
    for (const { name, bytes, untouched } of stacks)
      process.stdout.write(`${name}: ${untouched} of ${bytes} bytes were never touched\n`);
    expect(stacks.filter((stack) => stack.untouched < spare(stack))).toEqual([]);
  });
});
