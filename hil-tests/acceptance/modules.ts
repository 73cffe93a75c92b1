/** Hand-made modules of the acceptance tests: a neighbour that counts, and modules that misbehave. */
import type { ErrorName } from '../../hal/contract/index.js';
import { handmade, type RawManifest } from '../../sdk/model/testing/handmade.js';

/** Period of the neighbour. */
export const BEAT_US = 10_000;
/** Ticks that it catches up. */
export const BEATS_LATE = 16;

/**
 * Toggles `led` at 100 Hz. A tick that is late because the computer was busy elsewhere is caught up, so a missing edge
 * is a missed event.
 */
export function neighbour(led: string): Uint8Array {
  return handmade(
    `(module
    (import "t" "1" (func $toggle (param i32)))
    (func (export "r") (param i32 i32)
      (br_if 0 (i32.eqz (local.get 0)))
      (call $toggle (i32.const 0))))`,
    { name: 'neighbour', calls: [1], uses: [[1, led]], sources: [[0, BEAT_US, BEATS_LATE]], priority: 1 },
  );
}

/** A module with one mistake. */
export interface Offence {
  readonly what: string;
  readonly module: Uint8Array;
  /** Name of the error that it must meet with. */
  readonly error: ErrorName;
}

const entry = '(func (export "r") (param i32 i32))';
const bad = (wat: string, manifest: RawManifest = {}): Uint8Array =>
  handmade(`(module ${wat})`, { name: 'bad', ...manifest });

/** Modules that break the ABI. */
export const refused: readonly Offence[] = [
  {
    what: 'a call that the contract does not have',
    error: 'missing_call',
    module: bad(`(import "t" "zz" (func)) ${entry}`),
  },
  { what: 'a manifest that asks for such a call', error: 'missing_call', module: bad(entry, { calls: [999] }) },
  {
    what: 'a call that its manifest lacks',
    error: 'denied',
    module: bad(`(import "t" "1" (func (param i32))) ${entry}`, { uses: [[1, 'LED']] }),
  },
  {
    what: 'a call with another signature',
    error: 'module',
    module: bad(`(import "t" "1" (func (param f32))) ${entry}`, { calls: [1], uses: [[1, 'LED']] }),
  },
  { what: 'an import from elsewhere', error: 'module', module: bad(`(import "env" "1" (func)) ${entry}`) },
  { what: 'a start section', error: 'module', module: bad(`(func $f) (start $f) ${entry}`) },
  { what: 'an imported memory', error: 'module', module: bad(`(import "t" "m" (memory 1 1)) ${entry}`) },
  { what: 'an imported global', error: 'module', module: bad(`(import "t" "g" (global i32)) ${entry}`) },
  { what: 'a memory that can grow', error: 'module', module: bad(`(memory 1 2) ${entry}`) },
  { what: 'a table that can grow', error: 'module', module: bad(`(table 1 2 funcref) ${entry}`) },
  { what: 'a second export', error: 'module', module: bad(`${entry} (func (export "x"))`) },
  { what: 'no entry', error: 'module', module: bad('(func)') },
  { what: 'an entry with another signature', error: 'module', module: bad('(func (export "r") (param i32))') },
  { what: 'a state table beyond its globals', error: 'manifest', module: bad(entry, { state: [[1, 4]] }) },
];

/** Sets its output and then makes the call; source 1 is 50 ms after its start. */
function faulty(call: string, imports: string, manifest: RawManifest): Uint8Array {
  return bad(
    `
    (import "t" "7" (func $write (param i32 i32)))
    ${imports}
    (func (export "r") (param $source i32) (param $argument i32)
      (call $write (i32.const 0) (i32.const 1))
      (if (local.get $source) (then ${call})))`,
    { sources: [[0, 50_000]], restart: [1000, 2], ...manifest },
  );
}

const TOGGLE = '(import "t" "1" (func $toggle (param i32)))';
const AFTER = '(import "t" "6" (func $after (param i32 i64)))';
const READ = '(import "t" "2" (func $read (param i32 i32) (result i32)))';
const GET = '(import "t" "p" (func $get (param i32) (result i32)))';

/** Modules whose mistake shows when they run; their output on `led` must be safe, which is low, afterwards. */
export function faulting(led: string, input: string): Offence[] {
  const uses = [
    [1, led],
    [2, input],
  ];
  return [
    {
      what: 'a handle of another kind',
      error: 'handle',
      module: faulty('(call $toggle (i32.const 1))', TOGGLE, { calls: [1, 7], uses }),
    },
    {
      what: 'a handle out of range',
      error: 'handle',
      module: faulty('(call $toggle (i32.const 2))', TOGGLE, { calls: [1, 7], uses }),
    },
    {
      what: 'a handle below zero',
      error: 'handle',
      module: faulty('(call $toggle (i32.const -1))', TOGGLE, { calls: [1, 7], uses }),
    },
    {
      what: 'a timer that it has not declared',
      error: 'handle',
      module: faulty('(call $after (i32.const 1) (i64.const 0))', AFTER, { calls: [6, 7], uses, timers: 1 }),
    },
    {
      what: 'a register beyond a byte',
      error: 'range',
      module: faulty('(drop (call $read (i32.const 2) (i32.const 256)))', READ, {
        calls: [2, 7],
        uses: [...uses, [6, 'I2C1', 72]],
      }),
    },
    {
      what: 'a field of a message where there is none',
      error: 'message',
      module: faulty('(drop (call $get (i32.const 0)))', GET, { calls: [7, 25], uses }),
    },
    { what: 'a trap', error: 'trap', module: faulty('(unreachable)', '', { calls: [7], uses }) },
  ];
}

/** Runs for ever when a message arrives: in plain code, or around an I2C transfer, the slowest host call. */
export function spinner(way: 'plain' | 'i2c'): Uint8Array {
  const body = way === 'plain' ? '' : '(drop (call $read (i32.const 1) (i32.const 0)))';
  return handmade(
    `(module
    ${READ}
    (func (export "r") (param $source i32) (param $argument i32)
      (br_if 0 (i32.eqz (local.get $source)))
      (loop $for_ever ${body} (br $for_ever))))`,
    {
      name: 'spinner',
      calls: [2],
      uses: [
        [11, 'go', 'n:i32'],
        [6, 'I2C1', 72, 400],
      ],
      sources: [[2, 0]],
      restart: [10, 1],
      load: 1000,
    },
  );
}

/** Sends 1, 2, 3, … at 100 Hz. */
export function sender(): Uint8Array {
  return handmade(
    `(module
    (import "t" "9" (func $put (param i32)))
    (import "t" "4" (func $send (param i32)))
    (global $n (mut i32) (i32.const 0))
    (func (export "r") (param i32 i32)
      (br_if 0 (i32.eqz (local.get 0)))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (call $put (global.get $n))
      (call $send (i32.const 0))))`,
    {
      name: 'sender',
      calls: [4, 9],
      uses: [[10, 'count', 0, 'n:i32']],
      sources: [[0, BEAT_US, 16]],
      state: [[0x11, 0]],
    },
  );
}

/** State hashes of what both versions of the receiver keep. */
const KEPT = { received: 0x21, last: 0x22, wrong: 0x23, ticks: 0x24 };

/**
 * Counts messages, those that don't follow the one before, and its own ticks at 100 Hz, and reports the three. The
 * second version has three more variables in front of the kept ones, of every type, and must find them at their initial
 * values.
 */
export function receiver(version: 1 | 2): Uint8Array {
  const inserted =
    version === 1
      ? ''
      : '(global $a (mut i32) (i32.const 7)) (global $b (mut i64) (i64.const -7)) ' +
        '(global $c (mut f32) (f32.const 0.5))';
  const intact =
    version === 1
      ? '(i32.const 1)'
      : '(i32.and (i32.eq (global.get $a) (i32.const 7)) (i32.and (i64.eq (global.get $b) (i64.const -7)) ' +
        '(f32.eq (global.get $c) (f32.const 0.5))))';
  const first = version === 1 ? 0 : 3;
  const fresh =
    version === 1
      ? []
      : [
          [0x31, 0],
          [0x32, 1, 0, 8],
          [0x33, 2],
        ];
  return handmade(
    `(module
    (import "t" "9" (func $put (param i32)))
    (import "t" "4" (func $send (param i32)))
    (import "t" "p" (func $get (param i32) (result i32)))
    ${inserted}
    (global $received (mut i32) (i32.const 0)) (global $last (mut i32) (i32.const 0)) (global $wrong (mut i32) (i32.const 0)) (global $ticks (mut i32) (i32.const 0))
    (func (export "r") (param $source i32) (param $argument i32) (local $n i32)
      (if (i32.eqz ${intact}) (then (global.set $wrong (i32.add (global.get $wrong) (i32.const 1000)))))
      (br_if 0 (i32.eqz (local.get $source)))
      (if (i32.eq (local.get $source) (i32.const 2)) (then
        (global.set $ticks (i32.add (global.get $ticks) (i32.const 1)))
        (return)))
      (local.set $n (call $get (i32.const 0)))
      (if (i32.ne (local.get $n) (i32.add (global.get $last) (i32.const 1))) (then (global.set $wrong (i32.add (global.get $wrong) (i32.const 1)))))
      (global.set $last (local.get $n))
      (global.set $received (i32.add (global.get $received) (i32.const 1)))
      (call $put (global.get $received))
      (call $put (global.get $wrong))
      (call $put (global.get $ticks))
      (call $send (i32.const 1))))`,
    {
      name: 'receiver',
      calls: [4, 9, 25],
      uses: [
        [11, 'count', 'n:i32', 16],
        [10, 'seen', 0, 'received:i32,wrong:i32,ticks:i32'],
      ],
      sources: [
        [2, 0],
        [0, BEAT_US, 16],
      ],
      state: [...fresh, ...Object.values(KEPT).map((hash, i) => [hash, first + i])],
    },
  );
}

/** Bytes of the large module at least. */
export const LARGE_BYTES = 16 * 1024;

/** A module of more than 16 KB of code that blinks with a period of its version. */
export function large(led: string, version: number): Uint8Array {
  const step = (n: number): string =>
    `(local.set 0 (i32.xor (i32.mul (local.get 0) (i32.const ${1_000_003 + n})) (i32.const ${n * 7919 + version})))`;
  const work = Array.from(
    { length: 96 },
    (_, f) =>
      `(func (param i32) (result i32) ${Array.from({ length: 14 }, (_unused, n) => step(f * 14 + n)).join(' ')} ` +
      '(local.get 0))',
  );
  return handmade(
    `(module
    (import "t" "1" (func $toggle (param i32)))
    (func (export "r") (param i32 i32)
      (br_if 0 (i32.eqz (local.get 0)))
      (call $toggle (i32.const 0)))
    ${work.join('\n')})`,
    { name: 'large', calls: [1], uses: [[1, led]], sources: [[0, 1000 * (20 + version)]] },
  );
}
