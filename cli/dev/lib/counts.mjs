// Instructions of the Cortex-M7 between two places of an image, exact: a plugin of the emulator counts every one
// (firmware/measure/counter), and nothing is added to the image. A tick or another task may come in between, so the
// least of many passes is what counts: one that nothing came into. It is the same in every run; periods are no multiple
// of the tick, else the same interrupt could come into each.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { boot, imageOf, STEP } from './m7.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';
import { loadTypeScript } from './typescript.mjs';

const FOLDER = 'build/measure/counts';
const IMAGES = 'build/firmware-qemu-m7/ports/freertos';
const BOARD_IMAGE = at(IMAGES, 'tars-board.elf');
/** Opcode of the interpreter's own entry; all others are a guest's. */
const ENTRY = 0xcf;
/** Bytes of the instruction that calls. */
const CALL = 4;
/** Reactions that are due at each instant of the program `crowd`. */
const CROWD = 80;
/** A figure may grow by so much until the measurement fails. */
const GROWTH = 1.1;

/** What is counted, and what it came to when this was written. */
const ROWS = {
  'blink.event': ["blink: from the timer's interrupt to the guest's first instruction", 1932],
  'blink.reaction': ['blink: its reaction, the pin included', 967],
  'blink.all': ['blink: all of it, from the interrupt to the idle processor', 4684],
  'kalman.event': ["kalman: from the timer's interrupt to the guest's first instruction", 2090],
  'kalman.reaction': ['kalman: its reaction, the (simulated) bus included', 4765],
  'kalman.all': ['kalman: all of it, from the interrupt to the idle processor', 8640],
  call: ['host call there and back (gpio.read of an output)', 489],
  hold: ["longest hold of the core's lock: 80 periods and timers of 5 behaviours due at once", 6680],
  stage: ['swap of blink: new version loaded, checked, instantiated; the old one runs', 70114],
  swap: ["swap of blink: from the order to the new version's first instruction", 21023],
  verify: ["verification of examples/kalman's bundle", 1798160],
};

/** Symbols of an image: name to address and bytes. */
export async function symbolsOf(image) {
  const table = await run('arm-none-eabi-nm', ['-S', image]);
  return new Map(
    [...table.matchAll(/^(\w+) (?:(\w+) )?[a-zA-Z] (\S+)$/gm)].map(([, address, bytes, name]) => [
      name,
      { address: parseInt(address, 16), bytes: parseInt(bytes ?? '0', 16) },
    ]),
  );
}

/** Addresses behind every call of a function. */
async function returnsOf(image, name) {
  const listing = await run('arm-none-eabi-objdump', ['-d', '--no-show-raw-insn', image]);
  return [...listing.matchAll(new RegExp(`^ +(\\w+):\\tbl\\t\\w+ <${name}>$`, 'gm'))].map(
    ([, address]) => parseInt(address, 16) + CALL,
  );
}

/** Places of the interpreter's opcodes, from its table of labels. */
async function opcodesOf(image, symbols) {
  const [, { address, bytes }] = [...symbols].find(([name]) => /^handle_table\.\d+$/.test(name)) ?? [undefined, {}];
  const dump = await run('arm-none-eabi-objdump', [
    '-s',
    '-j',
    '.data',
    `--start-address=${address}`,
    `--stop-address=${address + bytes}`,
    image,
  ]);
  const words = [...dump.matchAll(/^ \w{8} ((?:\w{8} ){1,4})/gm)]
    .flatMap(([, row]) => row.trim().split(' '))
    .map((word) => Buffer.from(word, 'hex').readUInt32LE());
  return new Set(words.filter((word, opcode) => opcode !== ENTRY && word !== 0).map((word) => word & ~1));
}

/** Marks by name; a name may have several places. */
async function marksOf(image, { entries, returns }) {
  const symbols = await symbolsOf(image);
  const marks = [];
  for (const name of entries) {
    if (!symbols.has(name)) throw new Error(`${image} has no ${name}`);
    marks.push([name, symbols.get(name).address & ~1]);
  }
  for (const name of returns)
    for (const place of await returnsOf(image, name))
      marks.push([`${name} is called`, place - CALL], [`${name} returns`, place]);
  if (symbols.has('tars_engine_call'))
    for (const place of await opcodesOf(image, symbols)) marks.push(['opcode', place]);
  return marks;
}

/** What was passed, in order: `{ name, count }`. The first opcode of a reaction is called `first`. */
export async function trace(name, image, places, work) {
  const marks = await marksOf(image, places);
  const [file, out] = [at(FOLDER, `${name}.marks`), at(FOLDER, `${name}.out`)];
  writeFileSync(file, marks.map(([, address]) => `${address.toString(16)}\n`).join(''));
  await work(['-plugin', `${at(FOLDER, 'counter.so')},marks=${file},out=${out}`]);
  let fresh = false;
  return readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [mark, count] = line.split(' ').map(Number);
      let [passed] = marks[mark];
      if (passed === 'tars_engine_call') fresh = true;
      if (passed === 'opcode' && fresh) [passed, fresh] = ['first', false];
      return { name: passed, count };
    });
}

/** Instructions from the latest `from` to the next `to`, if `over` was passed in between. */
function spans(events, from, to, over) {
  const found = [];
  let begun;
  let passed;
  for (const { name, count } of events) {
    if (name === over) passed = true;
    if (name === to && begun !== undefined && (passed || over === undefined)) found.push(count - begun);
    if (name === to) begun = undefined;
    if (name === from) [begun, passed] = [count, false];
  }
  return found;
}

/** Instructions of each host call, from the opcode that makes it to the next opcode. */
function roundTrips(events) {
  const steps = events.filter(({ name }) => ['first', 'opcode', 'tars_dispatch'].includes(name));
  return steps.flatMap(({ name }, i) =>
    name === 'tars_dispatch' && steps[i + 1] ? [steps[i + 1].count - steps[i - 1].count] : [],
  );
}

/**
 * Instructions between the marks of a reaction, the longest kind of it: the least at each place over all reactions of
 * this kind, because an interrupt comes into few of them.
 */
function steps(events) {
  const kinds = new Map();
  let reaction = [];
  for (const event of events) {
    reaction = event.name === 'first' ? [event] : [...reaction, event];
    if (event.name !== 'tars_engine_call returns' || reaction[0].name !== 'first') continue;
    const kind = reaction.map(({ name }) => name).join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), reaction.map(({ count }) => count)]);
    reaction = [];
  }
  const [names, passes] = [...kinds]
    .map(([kind, list]) => [kind.split(','), list])
    .filter(([, list]) => list.length >= 3)
    .reduce((longest, each) => (each[0].length > longest[0].length ? each : longest));
  return names
    .slice(1)
    .map((to, i) => ({ from: names[i], to, count: Math.min(...passes.map((counts) => counts[i + 1] - counts[i])) }));
}

/**
 * What the speed of a board file stands for, counted on the program that has all of it: one instruction of the guest,
 * and of the calls that send a message of two fields the mean, because a send never comes alone.
 */
function speedOf(kalman, rows) {
  const gaps = steps(kalman);
  const plain = gaps.filter(({ from, to }) => from === 'opcode' && to === 'opcode');
  const calls = gaps.flatMap(({ to, count }, i) => (to === 'tars_dispatch' ? [count + (gaps[i + 1]?.count ?? 0)] : []));
  const message = calls.slice(-3);
  const event = (name) => rows[`${name}.all`] - rows[`${name}.reaction`];
  return [
    {
      what: 'one instruction of kalman, at most',
      key: 'instructionNs',
      count: Math.max(...plain.map(({ count }) => count)),
    },
    {
      what: 'one of the three calls that send a message of two fields, on average',
      key: 'callNs',
      count: Math.ceil(message.reduce((sum, count) => sum + count, 0) / message.length),
    },
    {
      what: 'from an event to the guest and back',
      key: 'eventNs',
      count: Math.max(event('blink'), event('kalman')),
    },
  ];
}

/** The least, and how many were the same. The first pass may differ: nothing was there before it. */
function least([, ...spans], what) {
  if (spans.length < 3) throw new Error(`only ${spans.length} passes were counted: ${what}`);
  const count = Math.min(...spans);
  return { count, same: spans.filter((span) => span === count).length, of: spans.length };
}

const INTERRUPT = 'an500_timer0_interrupt';
const IDLE = 'vApplicationIdleHook';
const BOARD = {
  entries: [
    INTERRUPT,
    IDLE,
    'tars_engine_call',
    'tars_dispatch',
    'tars_app_stage',
    'tars_app_swap',
    'tars_behaviour_open',
  ],
  returns: ['tars_engine_call', 'tars_app_stage'],
};
const PLAIN = { entries: [INTERRUPT, IDLE, 'plain_react'], returns: ['plain_react', 'plain_level'] };

/** Builds counter and runner; returns the runner's functions. */
export async function prepare() {
  mkdirSync(at(FOLDER), { recursive: true });
  await run('cc', [
    '-O2',
    '-std=c11',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-shared',
    '-fPIC',
    '-o',
    at(FOLDER, 'counter.so'),
    at('firmware/measure/counter/counter.c'),
  ]);
  return loadTypeScript('cli/dev/m7-board.ts', 'm7-board');
}

/** Event, reaction and all of it, of a program on the board and of its twin in C; the twin's events. */
async function program(runner, name) {
  const board = await trace(name, BOARD_IMAGE, BOARD, (more) => runner.runProgram(name, more));
  const twin = at(IMAGES, `plain/plain-${name}.elf`);
  const plain = await trace(`plain-${name}`, twin, PLAIN, (more) => runner.runImage(twin, more));
  return {
    board,
    plain,
    spans: {
      [`${name}.event`]: [spans(board, INTERRUPT, 'first'), spans(plain, INTERRUPT, 'plain_react')],
      [`${name}.reaction`]: [
        spans(board, 'first', 'tars_engine_call returns', 'tars_dispatch'),
        spans(plain, 'plain_react', 'plain_react returns'),
      ],
      [`${name}.all`]: [spans(board, INTERRUPT, IDLE, 'first'), spans(plain, INTERRUPT, IDLE, 'plain_react')],
    },
  };
}

/**
 * The longest hold of the core's lock in each period, from where the lock was taken to where it is given back. A period
 * begins when the processor was idle, and counts if as many reactions follow as are due in it.
 */
async function holds(runner) {
  const places = { entries: [IDLE, 'tars_os_unlock', 'tars_engine_call'], returns: ['tars_os_lock'] };
  const events = await trace('crowd', BOARD_IMAGE, places, (more) => runner.runProgram('crowd', more));
  const periods = [];
  let period = { reactions: 0, longest: 0 };
  let taken;
  for (const { name, count } of events) {
    if (name === IDLE) periods.push((period = { reactions: 0, longest: 0 }));
    if (name === 'tars_engine_call') period.reactions++;
    if (name === 'tars_os_unlock' && taken !== undefined) period.longest = Math.max(period.longest, count - taken);
    if (name === 'tars_os_lock returns') taken = count;
    if (name === 'tars_os_unlock') taken = undefined;
  }
  return periods.filter(({ reactions }) => reactions >= CROWD).map(({ longest }) => longest);
}

/** Loading and switching; two versions take turns, and one of them is counted. */
async function swapping(runner) {
  const events = await trace('swaps', BOARD_IMAGE, BOARD, (more) => runner.runProgram('swaps', more));
  const every = (list) => list.filter((_, i) => i % 2 === 0);
  return {
    stage: [every(spans(events, 'tars_app_stage is called', 'tars_app_stage returns'))],
    swap: [every(spans(events, 'tars_app_swap', 'first', 'tars_behaviour_open'))],
  };
}

/** The verification as measure/m7 runs it, which counts it by a timer in steps: both ways must come to the same. */
async function verification(expected) {
  const events = await trace('verify', imageOf('Os'), { entries: [], returns: ['tars_bundle_verify'] }, (more) =>
    boot('Os', more),
  );
  const [count] = spans(events, 'tars_bundle_verify is called', 'tars_bundle_verify returns');
  if (!(Math.abs(count - expected) <= 2 * STEP))
    throw new Error(`the counter says ${count} instructions, the timer ${expected}`);
  return { count, same: 1, of: 1 };
}

/**
 * `rows`: `{ what, tars, plain, limit }`; `tars` and `plain` are `{ count, same, of }`. `speed`: what the keys of the
 * board file stand for, `{ what, key, count }`. `verified`: the timer's count of a verification.
 */
export async function counts(verified) {
  const runner = await prepare();
  const blink = await program(runner, 'blink');
  const kalman = await program(runner, 'kalman');
  const call = [
    roundTrips(await trace('call', BOARD_IMAGE, BOARD, (more) => runner.runProgram('call', more))),
    spans(blink.plain, 'plain_level is called', 'plain_level returns'),
  ];
  const passes = { ...blink.spans, ...kalman.spans, call, hold: [await holds(runner)], ...(await swapping(runner)) };
  const figures = Object.entries(passes).map(([key, lists]) => [key, lists.map((spans) => least(spans, ROWS[key][0]))]);
  figures.push(['verify', [await verification(verified)]]);
  return {
    rows: figures.map(([key, [tars, twin]]) => ({
      what: ROWS[key][0],
      tars,
      plain: twin,
      limit: Math.floor(ROWS[key][1] * GROWTH),
    })),
    speed: speedOf(kalman.board, Object.fromEntries(figures.map(([key, [tars]]) => [key, tars.count]))),
  };
}
