/**
 * The execution stack of guests that call through a table or call themselves: what the host computes is where the board
 * ends the reaction, with a trap that says so.
 */
import { describe, expect, it } from 'vitest';
import type { Pointer } from '../../hal/contract/index.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { needsOf } from '../../sdk/engine/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { BoardRig } from '../board-rig.js';
import { buildGuest, hasClang } from '../c-guest.js';
import { loadDescription } from '../description.js';

/** Bytes of the execution stack on both boards. */
const STACK = 4096;
const TRAP = 'wasm operand stack overflow';
const PERIOD_US = 50_000;

/** Calls the larger of two functions of one type through a table; a third, of another type, is larger than both. */
const through = (count: number): Uint8Array =>
  handmade(
    `(module (type $f (func (param i32))) (type $g (func (param i64)))
      (table 3 3 funcref) (elem (i32.const 0) $small $large $other)
      (func $small (type $f))
      (func $large (type $f) (local ${'i32 '.repeat(count)}))
      (func $other (type $g) (local ${'i64 '.repeat(200)}))
      (func (export "r") (param i32 i32) (local ${'i64 '.repeat(40)})
        (call_indirect (type $f) (local.get 1) (i32.const 1))))`,
    { name: 'guest', sources: [[0, PERIOD_US]], restart: [1000, 2] },
  );

/** Calls itself so often, directly or through the table. */
const again = (depth: number, how: 'direct' | 'table'): Uint8Array => {
  const call = how === 'direct' ? '(call $down' : '(call_indirect (type $f)';
  const index = how === 'direct' ? '' : '(i32.const 0)';
  return handmade(
    `(module (type $f (func (param i32))) (table 1 1 funcref) (elem (i32.const 0) $down)
      (func $down (type $f) (if (local.get 0) (then ${call} (i32.sub (local.get 0) (i32.const 1)) ${index}))))
      (func (export "r") (param i32 i32) (call $down (i32.const ${depth}))))`,
    { name: 'guest', sources: [[0, PERIOD_US]], restart: [1000, 2] },
  );
};

const C_POINTERS = `#include "tars_guest.h"
static int next(int n) { return n + 1; }
static int twice(int n) { return 2 * n; }
static int (*const volatile steps[])(int) = { next, twice };
REACT void react(int source, int argument) {
  if (source == 1) gpio_write(0, steps[1](steps[0](argument)) == 2);
}
`;
const cRecursion = (depth: number): string => `#include "tars_guest.h"
static __attribute__((noinline)) int down(volatile int *n) { return --*n > 0 ? down(n) + *n + 1 : 1; }
REACT void react(int source, int argument) {
  volatile int n = ${depth};
  if (source == 1) gpio_write(0, down(&n) + argument > 0);
}
`;
const inC = (source: string): Uint8Array =>
  buildGuest(source, 1024, {
    name: 'guest',
    calls: [7],
    uses: [[1, 'LED']],
    sources: [[0, PERIOD_US]],
    restart: [1000, 2],
  });

const benches: readonly { readonly name: string; readonly pointer: Pointer }[] = [
  { name: 'virtual', pointer: 8 },
  { name: 'qemu-m7', pointer: 4 },
];

describe.each(benches.filter(({ name }) => name === 'virtual' || hasEmulator()))('on $name', ({ name, pointer }) => {
  /** Faults of a guest after some of its events. */
  const faults = async (rig: BoardRig, module: Uint8Array): Promise<number> => {
    await rig.install([module]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return (await rig.status('guest')).faults;
  };
  const needs = (module: Uint8Array): { readonly stack: number; readonly circle?: number } =>
    needsOf(module, pointer) ?? { stack: Infinity };

  it('is computed for calls through a table, and ends calls of itself', { timeout: 120_000 }, async () => {
    const rig = await BoardRig.open(loadDescription(name), { store: false, realTime: true });
    try {
      let most = 0;
      while (needs(through(most + 1)).stack <= STACK) most++;
      expect(most).toBeGreaterThan(200);
      expect(needs(through(most))).not.toHaveProperty('circle');
      expect(await faults(rig, through(most))).toBe(0);
      expect(await faults(rig, through(most + 1)).catch(() => 1)).toBeGreaterThan(0);
      for (const how of ['direct', 'table'] as const) {
        expect(needs(again(3, how)).circle).toBe(0);
        expect(await faults(rig, again(3, how))).toBe(0);
        expect(await faults(rig, again(10_000, how)).catch(() => 1)).toBeGreaterThan(0);
        expect((await rig.logs()).map(({ text }) => text).join('\n')).toContain(TRAP);
      }
    } finally {
      await rig.close();
    }
  });

  it.runIf(hasClang)('is computed for behaviours in C', { timeout: 120_000 }, async () => {
    const rig = await BoardRig.open(loadDescription(name), { store: false, realTime: true });
    try {
      const pointers = inC(C_POINTERS);
      expect(needs(pointers)).not.toHaveProperty('circle');
      expect(needs(pointers).stack).toBeLessThan(STACK);
      expect(await faults(rig, pointers)).toBe(0);
      expect(needs(inC(cRecursion(3))).circle).toBeDefined();
      expect(await faults(rig, inC(cRecursion(3)))).toBe(0);
      expect(await faults(rig, inC(cRecursion(10_000))).catch(() => 1)).toBeGreaterThan(0);
    } finally {
      await rig.close();
    }
  });
});
