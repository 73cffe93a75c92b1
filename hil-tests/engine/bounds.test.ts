/**
 * What the host computes that a module needs of a board's memory is what the engine took: bytes in use afterwards, the
 * smallest arena in which it can be loaded, and the smallest stack on which its reactions run.
 */
import { describe, expect, it } from 'vitest';
import type { Pointer } from '../../hal/contract/index.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { needsOf } from '../../sdk/engine/index.js';
import { BLINK, KALMAN, SERVO, SWEEP } from '../../sdk/compiler/testing/programs.js';
import { Choices } from '../../sdk/interpreter/choices.js';
import { generateProgram } from '../../sdk/interpreter/generate.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { Random } from '../../sdk/model/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { tars } from '../program.js';
import { filled, withLocals } from './fill.js';

/** A program of its own for each seed. */
const random = (seed: number): string => {
  const choice = new Random(seed);
  return generateProgram(new Choices(Array.from({ length: choice.between(20, 900) }, () => choice.between(0, 0xffff))));
};

const arms = (count: number): string => {
  const each = Array.from({ length: count }, (_, i) => `    ${i} => { m = m * ${i + 2} + ${7 * i} }\n`).join('');
  const head = 'behaviour arms\nvar n: i32 = 0\nvar m: i32 = 0\n';
  return `${head}every 50ms {\n  n += 1\n  match n {\n${each}    _ => {}\n  }\n}\n`;
};

const constants = (count: number): string =>
  `behaviour constants\nvar n: i32 = 0\nevery 50ms {\n` +
  `${Array.from({ length: count }, (_, i) => `  n = n ^ ${1000 + 37 * i}\n`).join('')}}\n`;

/** Forms of code that the compiler does not write: results of blocks, wide numbers, tables, memory, dead code. */
const FOREIGN = `(module
  (type $unary (func (param i32) (result i32)))
  (type $again (func (param i32) (result i32)))
  (type $pair (func (param i32 i64) (result i64 i32)))
  (memory 1 1)
  (table 2 2 funcref)
  (elem (i32.const 0) $twice $deep)
  (global $g (mut f64) (f64.const 2.5))
  (data (i32.const 8) "abcd")
  (func $twice (type $unary) (local i64 f64)
    (local.set 1 (i64.const 123456789012))
    (local.set 2 (f64.add (global.get $g) (f64.const 0.5)))
    (global.set $g (local.get 2))
    (i32.add (local.get 0) (local.tee 0 (i32.const 3))))
  (func $deep (type $again)
    (block $out (result i32)
      (block (loop (br_if 1 (i32.eqz (local.get 0))) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br 0)))
      (br $out (i32.load offset=4 (i32.const 4)))
      (drop) (unreachable)))
  (func (export "r") (param i32 i32) (local i32 i64)
    (i32.const 7) (i64.const 9)
    (block (type $pair) (i32.const 1) (drop) (local.set 3) (local.set 2) (local.get 3) (local.get 2))
    (local.set 2) (local.set 3)
    (local.set 2 (if (result i32) (local.get 0) (then (call $twice (local.get 1))) (else (i32.const 5))))
    (i32.store (i32.const 16) (select (local.get 2) (i32.const 4) (local.get 0)))
    (memory.fill (i32.const 32) (i32.const 1) (i32.const 8))
    (block $a (block $b (br_table $a $b $a (i32.and (local.get 1) (i32.const 3)))))))`;

const foreign = (): Uint8Array =>
  handmade(FOREIGN, { name: 'foreign', sources: [[0, 50_000]], bounds: [512, 256, 0, 0, 0, 0] });

/** The corpus: named programs and random ones. */
function* corpus(count: number): Generator<readonly [string, Uint8Array]> {
  for (const [what, source] of Object.entries({ BLINK, KALMAN, SERVO, SWEEP })) yield [what, tars(source)];
  for (const each of [4, 20, 60]) yield [`match of ${each} arms`, tars(arms(each))];
  for (const each of [9, 11, 100, 300]) yield [`${each} constants`, tars(constants(each))];
  yield ['foreign', foreign()];
  for (let seed = 1; seed <= count; seed++) yield [`seed ${seed}`, tars(random(seed))];
}

/**
 * Programs with as many arms as fit: they need many times their own size while they are loaded, so that what fills the
 * rest is short, and quickly sent.
 */
function* large(pointer: Pointer, arena: number): Generator<readonly [string, Uint8Array]> {
  for (const source of [arms, (count: number) => `${arms(count)}every 60ms { m = m / 3; log "{} {}", n, m }\n`]) {
    let most = 1;
    for (let step = 256; step > 0; step >>= 1)
      if ((needsOf(tars(source(most + step)), pointer)?.arena ?? Infinity) < arena - 256) most += step;
    yield [`match of ${most} arms`, tars(source(most))];
  }
}

interface Bench {
  readonly name: string;
  readonly pointer: Pointer;
  readonly count: number;
  /** One module of so many is also made to fill the stack. */
  readonly each: number;
}

/** Bytes of the execution stack on both boards. */
const STACK = 4096;

class Board {
  private constructor(private readonly rig: BoardRig) {}

  static async open(name: string): Promise<Board> {
    const description = loadDescription(name);
    const rig = await BoardRig.open(description, { store: false, realTime: name !== 'virtual' });
    return new Board(rig);
  }

  get arena(): number {
    return this.rig.hello.arena;
  }

  /** Bytes of the arena in use, or the reason of the refusal. */
  async take(module: Uint8Array): Promise<number | string> {
    try {
      await this.rig.install([module]);
    } catch (error) {
      return String(error);
    }
    const { behaviour } = await this.rig.link.request('list', { index: 0 });
    return (await this.rig.link.request('stats', { behaviour })).arena;
  }

  close(): Promise<void> {
    return this.rig.close();
  }
}

/** The module whose stack need is exactly `bytes`, by variables in its first function. */
function stacked(module: Uint8Array, bytes: number, pointer: Pointer): Uint8Array | undefined {
  let count = 0;
  for (let step = 0; step < 8; step++) {
    const candidate = withLocals(module, count);
    const stack = needsOf(candidate, pointer)?.stack ?? Infinity;
    if (stack === bytes) return candidate;
    count += Math.trunc((bytes - stack) / 8) || 1;
    if (count < 0) return undefined;
  }
  return undefined;
}

/** A guest that calls a function of so many variables; both frames are on the stack then. */
const deep = (count: number): Uint8Array =>
  handmade(
    `(module (func (param i32) (local ${'i32 '.repeat(count)}))
      (func (export "r") (param i32 i32) (local ${'i64 '.repeat(40)}) (call 0 (local.get 1))))`,
    { name: 'deep', sources: [[0, 50_000]], restart: [1000, 2] },
  );

const benches: readonly Bench[] = [
  { name: 'virtual', pointer: 8, count: runs({ full: 1000, short: 8 }), each: runs({ full: 1, short: 4 }) },
  { name: 'qemu-m7', pointer: 4, count: runs({ full: 150, short: 1 }), each: runs({ full: 1, short: 8 }) },
];

describe.each(benches.filter(({ name }) => name === 'virtual' || hasEmulator()))(
  'memory that a module needs on $name',
  ({ name, pointer, count, each }) => {
    it('is what was computed, to the byte', { timeout: 3_600_000 }, async () => {
      const board = await Board.open(name);
      const worst = { ratio: 1, modules: 0, arenas: 0, stacks: 0 };
      try {
        for (const [what, module] of corpus(count)) {
          const needs = needsOf(module, pointer);
          expect(needs, what).toBeDefined();
          if (!needs || needs.arena > board.arena) continue;
          const taken = await board.take(module);
          expect(taken, what).toBeLessThanOrEqual(needs.resident);
          worst.ratio = Math.max(worst.ratio, needs.resident / Number(taken));
          worst.modules++;
          // Its first function is not the entry.
          if (what !== 'foreign' && worst.modules % each === 1 % each)
            worst.stacks += await fullStack(board, module, pointer, what);
        }
        for (const [what, module] of large(pointer, board.arena))
          worst.arenas += await fullArena(board, module, pointer, what);
      } finally {
        await board.close();
      }
      report(`memory computed for modules on ${name}`, {
        modules: worst.modules,
        'worst ratio of computed to taken': worst.ratio,
        'arenas full to the byte': worst.arenas,
        'stacks full to the word': worst.stacks,
      });
      expect(worst.ratio).toBeLessThan(1.01);
      expect(Math.min(worst.stacks, worst.arenas)).toBeGreaterThan(0);
    });

    it('of functions that call each other is the sum of their frames', { timeout: 60_000 }, async () => {
      const rig = await BoardRig.open(loadDescription(name), { store: false, realTime: true });
      const faults = async (count_: number): Promise<number> => {
        await rig.install([deep(count_)]);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return (await rig.status('deep')).faults;
      };
      try {
        let most = 0;
        while ((needsOf(deep(most + 1), pointer)?.stack ?? Infinity) <= STACK) most++;
        expect(await faults(most)).toBe(0);
        expect(await faults(most + 1).catch(() => 1)).toBeGreaterThan(0);
      } finally {
        await rig.close();
      }
    });
  },
);

/** A module filled up to the arena is taken, one of 8 bytes more is refused. 0 if it can't be filled so far. */
async function fullArena(board: Board, module: Uint8Array, pointer: Pointer, what: string): Promise<number> {
  const full = filled(module, board.arena, pointer);
  const over = filled(module, board.arena + 8, pointer);
  if (!full || !over) return 0;
  expect(await board.take(full), `${what}, full`).toBeTypeOf('number');
  expect(await board.take(over), `${what}, over`).toMatch(/arena|memory/);
  return 1;
}

/** The same with the execution stack. */
async function fullStack(board: Board, module: Uint8Array, pointer: Pointer, what: string): Promise<number> {
  const full = stacked(module, STACK, pointer) ?? stacked(module, STACK - 4, pointer);
  const over = stacked(module, STACK + 4, pointer) ?? stacked(module, STACK + 8, pointer);
  if (!full || !over || (needsOf(over, pointer)?.arena ?? Infinity) > board.arena) return 0;
  expect(await board.take(full), `${what}, stack full`).toBeTypeOf('number');
  expect(await board.take(over), `${what}, stack over`).toMatch(/stack/);
  return 1;
}
