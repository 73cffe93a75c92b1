/** An app of more than 16 KB for the emulated board: in parts, because none may outgrow a behaviour's arena there. */
import { handmade } from '../../sdk/model/testing/handmade.js';

/** Bytes of the app at least. */
export const APP_BYTES = 16 * 1024;

const PARTS = 3;
/** Few, long functions: the interpreter's tables cost more for each than its code. */
const FUNCTIONS = 4;
const STEPS = 92;

/**
 * Module of a part: periods of a second, so that a loaded computer skips none in the health window. Only the first has
 * an output.
 */
function part(index: number, version: number, led: string): Uint8Array {
  const step = (n: number): string =>
    `(local.set 0 (i32.xor (i32.mul (local.get 0) (i32.const ${1_000_003 + n})) (i32.const ` +
    `${(n + 1) * 791_977 + version})))`;
  const work = Array.from(
    { length: FUNCTIONS },
    (_, f) =>
      '(func (param i32) (result i32) ' +
      `${Array.from({ length: STEPS }, (_unused, n) => step(f * STEPS + n)).join(' ')} (local.get 0))`,
  );
  const [imports, body] =
    index === 0 ? ['(import "t" "1" (func $toggle (param i32)))', '(call $toggle (i32.const 0))'] : ['', ''];
  return handmade(
    `(module
    ${imports}
    (func (export "r") (param i32 i32)
      (br_if 0 (i32.eqz (local.get 0)))
      ${body})
    ${work.join('\n')})`,
    {
      name: `part${index}`,
      ...(index === 0 && { calls: [1], uses: [[1, led]] }),
      sources: [[0, 1000 * (1000 + version)]],
    },
  );
}

/** Modules of a version; no two versions share one. */
export const parts = (version: number, led: string): readonly Uint8Array[] =>
  Array.from({ length: PARTS }, (_, index) => part(index, version, led));
