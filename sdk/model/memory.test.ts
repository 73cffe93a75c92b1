/** A guest's memory in the model has the bytes of its manifest, as on a board, and every access is checked. */
import { describe, expect, it } from 'vitest';
import { loadModule } from './guest.js';
import { handmade } from './testing/handmade.js';

/** Not a multiple of any page. */
const BYTES = 104;
const noCalls = (): undefined => undefined;

/** A guest that does this with its argument as the address, and has a state table of one i32 in memory at 96. */
const guest = (code: string, bytes = BYTES, pages = 1): ReturnType<ReturnType<typeof loadModule>['instantiate']> =>
  loadModule(
    handmade(
      `(module (memory ${pages} ${pages}) (data (i32.const 96) "\\07\\00\\00\\00") (data "abcdefgh")
        (global $seen (mut i32) (i32.const 0))
        (func (export "r") (param $source i32) (param $at i32) (local $i i32) ${code}))`,
      {
        name: 'held',
        state: [
          [1, 96, 2],
          [2, 0],
        ],
        bounds: [64, bytes, 0, 0],
      },
    ),
  ).instantiate(noCalls);

const AT = '(local.get $at)';
const accesses: readonly (readonly [what: string, bytes: number, code: string])[] = [
  ['i32.load', 4, `(drop (i32.load ${AT}))`],
  ['i32.load8_u', 1, `(drop (i32.load8_u ${AT}))`],
  ['i64.load', 8, `(drop (i64.load ${AT}))`],
  ['f32.load', 4, `(drop (f32.load ${AT}))`],
  ['i32.store', 4, `(i32.store ${AT} (i32.const 1))`],
  ['i32.store16', 2, `(i32.store16 ${AT} (i32.const 1))`],
  ['i64.store32', 4, `(i64.store32 ${AT} (i64.const -1))`],
  ['f64.store', 8, `(f64.store ${AT} (f64.const 1.5))`],
  ['i32.store with an offset', 20, `(i32.store offset=16 ${AT} (i32.const 1))`],
  ['memory.fill', 8, `(memory.fill ${AT} (i32.const 1) (i32.const 8))`],
  ['memory.copy to there', 8, `(memory.copy ${AT} (i32.const 0) (i32.const 8))`],
  ['memory.copy from there', 8, `(memory.copy (i32.const 0) ${AT} (i32.const 8))`],
  ['memory.init', 4, `(memory.init 1 ${AT} (i32.const 2) (i32.const 4))`],
];

describe.each([
  [BYTES, 1],
  [BYTES, 2],
  [65536, 1],
  [65544, 2],
])('a memory of %i bytes in %i pages', (bytes, pages) => {
  it.each(accesses)('%s ends at its end', (_what, size, code) => {
    const run = (at: number): void => {
      guest(code, bytes, pages).react(0, at);
    };
    run(0);
    run(bytes - size);
    for (const at of [bytes - size + 1, bytes, 65536 * pages, -1, -bytes, -(2 ** 31)])
      expect(() => {
        run(at);
      }, String(at)).toThrow(WebAssembly.RuntimeError);
  });
});

it('holds data and state where the guest sees them, among all kinds of instructions', () => {
  const one = guest(`
    (block (block (br_table 0 1 0 (local.get $source))))
    (drop (select (f64.const 1) (f64.const 2) (i32.const 1)))
    (drop (i32.trunc_sat_f32_s (f32.const 3e9)))
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 300))))
    (global.set $seen (i32.add (i32.mul (memory.size) (i32.const 1000)) (i32.load (i32.const 96))))
    (i32.store offset=90 (i32.const 6) (local.get $i))`);
  expect(one.read(0)).toBe(7);
  one.react(0, 0);
  expect([one.read(0), one.read(1)]).toEqual([300, 1007]);
  one.write(0, -5);
  one.react(1, 0);
  expect(one.read(1)).toBe(995);
});
