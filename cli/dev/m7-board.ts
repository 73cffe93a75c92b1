/**
 * What the counts of instructions need of the board in the emulator: apps on it, and the emulator's counter beside it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../../sdk/compiler/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { calls } from '../../hal/contract/index.js';
import board from '../../boards/virtual.json' with { type: 'json' };
import { heavyModule } from '../../sdk/model/testing/heavy.js';
import { homePath } from '../home.js';
import { install } from '../device/install.js';
import { BenchClient } from '../transport/bench.js';
import { readRows } from '../device/rows.js';
import { LinkClient } from '../transport/link.js';
import { SerialTransport } from '../transport/serial.js';
import { TcpTransport } from '../transport/tcp.js';
import { startEmulatorAttached } from '../virtual/emulator.js';

/** How long each app runs: many periods of about 10 ms. */
const RUN_MS = 400;
/** The period of firmware/measure/plain, which is compared with this. */
const PERIOD = '10300us';
const SENSOR = { bus: 'I2C2', address: 0x48 };

/**
 * An example that reacts a hundred times a second, its thermometer on a simulated bus: real wires take time, not
 * instructions.
 */
function example(name: string, period: string): Uint8Array {
  const source = readFileSync(homePath(`examples/${name}/${name}.tars`), 'utf8')
    .replace(/every \w+/, `every ${period}`)
    .replace('board.I2C1', 'board.I2C2');
  return compiled(source, name);
}

/** Compiles a program for the board. Throws if it has mistakes. */
function compiled(source: string, name: string): Uint8Array {
  const { module, diagnostics } = compile(source, {
    file: `${name}.tars`,
    board: board as Parameters<typeof compile>[1]['board'],
  });
  if (module === undefined) throw new Error(diagnostics.map(({ title }) => title).join('\n'));
  return module;
}

/** Makes the cheapest host call there is, gpio.read of an output, and drops what it says. */
const caller = handmade(
  `(module (import "t" "8" (func $read (param i32) (result i32)))
  (func (export "r") (param i32 i32) (drop (call $read (i32.const 0)))))`,
  { name: 'caller', calls: [8], uses: [[1, 'LED']], sources: [[0, 10_300]] },
);

/** Behaviours of `crowd`, and periods and timers of each: as many as its queue holds. */
const CROWD = { behaviours: 5, periods: 8, timers: 8 };
const CROWD_US = 10_300;
const AFTER = calls.find(({ name }) => name === 'timer.after')?.id ?? NaN;

/** A behaviour whose periods and timers are all due at the same instants. */
const member = (number: number): Uint8Array =>
  handmade(
    `(module (import "t" "TIMER_AFTER" (func $after (param i32 i64)))
  (func (export "r") (param $source i32) (param i32) (local $timer i32)
    (if (i32.lt_s (local.get $source) (i32.const 0)) (then
      (call $after (i32.sub (i32.const -1) (local.get $source)) (i64.const ${CROWD_US}))))
    (if (i32.eqz (local.get $source)) (then
      (loop $more
        (call $after (local.get $timer) (i64.const ${CROWD_US}))
        (local.set $timer (i32.add (local.get $timer) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $timer) (i32.const ${CROWD.timers}))))))))`.replace(
      'TIMER_AFTER',
      AFTER.toString(36),
    ),
    {
      name: `crowd${number}`,
      calls: [AFTER],
      sources: Array<[number, number]>(CROWD.periods).fill([0, CROWD_US]),
      timers: CROWD.timers,
    },
  );

/** Apps, one after the other: one behaviour, or several; `swaps` is one behaviour whose versions replace each other. */
const programs: Readonly<Record<string, readonly (Uint8Array | readonly Uint8Array[])[]>> = {
  blink: [example('blink', PERIOD)],
  loads: [
    [example('blink', PERIOD)],
    [example('blink', PERIOD), heavyModule('blocks on a full operand stack', 30_000)],
  ],
  kalman: [example('kalman', PERIOD)],
  call: [caller],
  crowd: [Array.from({ length: CROWD.behaviours }, (_, i) => member(i))],
  swaps: Array.from({ length: 24 }, (_, i) => example('blink', i % 2 ? PERIOD : '11300us')),
};

/** Runs a program on the image as it ships; `emulator`: more arguments for it. */
export async function runProgram(name: string, emulator: readonly string[]): Promise<void> {
  await onBoard({ arguments: emulator }, async ({ pty, bench }) => {
    const control = new BenchClient(new TcpTransport({ host: '127.0.0.1', port: bench }));
    const link = new LinkClient(new SerialTransport(pty));
    await control.connect();
    await control.request('i2c.device', { ...SENSOR, present: true });
    const hello = await link.connect();
    for (const app of programs[name] ?? []) {
      const modules = app instanceof Uint8Array ? [app] : [...app];
      await install({ link, hello }, { class: hello.class, modules }, { store: false });
      await sleep(RUN_MS / (programs[name]?.length ?? 1));
    }
    await link.close();
    await control.close();
  });
}

/** Runs another image, which answers nobody. */
export const runImage = (image: string, emulator: readonly string[]): Promise<void> =>
  onBoard({ image, hello: false, arguments: emulator }, () => sleep(RUN_MS));

/**
 * Installs examples on an image, all as one app in its store: bytes of each one's module, and of its arena that are
 * taken.
 */
export async function behavioursOn(
  image: string,
  names: readonly string[],
): Promise<{ readonly rows: readonly object[]; readonly arena: number }> {
  const modules = names.map((name) => compiled(readFileSync(homePath(`examples/${name}/${name}.tars`), 'utf8'), name));
  let found: { readonly rows: readonly object[]; readonly arena: number } = { rows: [], arena: 0 };
  await onBoard({ image }, async ({ pty }) => {
    const link = new LinkClient(new SerialTransport(pty));
    const hello = await link.connect();
    await install({ link, hello }, { class: hello.class, modules }, { store: true });
    const rows = [];
    for (const { behaviour, size } of await readRows(link, 'list'))
      rows.push({ name: behaviour, module: size, arena: (await link.request('stats', { behaviour })).arena });
    found = { rows, arena: hello.arena };
    await link.close();
  });
  return found;
}

type Options = Omit<Parameters<typeof startEmulatorAttached>[0], 'state' | 'name' | 'clock'>;

async function onBoard(
  options: Options,
  work: (board: { pty: string; bench: number }) => Promise<unknown>,
): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'tars-count-'));
  try {
    const board = await startEmulatorAttached({ state, name: 'count', clock: 'real', ...options });
    try {
      await work({ pty: board.pty ?? '', bench: board.bench ?? 0 });
    } finally {
      await board.stop();
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}
