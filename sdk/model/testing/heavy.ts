/**
 * For tests and measurements: modules that keep all limits and cost a loader as much as can be, one for each thing that
 * it does; and one of ordinary code to compare them with.
 */
import { limits } from '../../../hal/contract/index.js';
import { decodeModule } from '../../image/decode.js';
import { writeSigned } from '../../image/leb.js';
import { ENTRY_TYPE, entryExport, type Raw, rawBehaviour, repeat, text, u32 } from '../../image/testing/raw.js';
import { heaps } from './heaps.js';
import { assemble, rawManifest, withSection } from './handmade.js';

const END = 0x0b;
const times = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: Math.max(0, count) }, (_, i) => item(i));

/** Ordinary code: a filter, as compilers write such. Two parameters, two variables. */
const ORDINARY = decodeModule(
  assemble(`(module (func (export "r") (param i32 i32) (local i32 f32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then
      (local.set 2 (i32.add (i32.mul (local.get 1) (i32.const 31)) (i32.const 7)))
      (local.set 3 (f32.mul (f32.convert_i32_s (local.get 2)) (f32.const 0.25)))
      (if (f32.gt (local.get 3) (f32.const 100)) (then (local.set 3 (f32.const 100))) (else (nop)))
      (block (loop
        (br_if 1 (i32.ge_s (local.get 0) (i32.const 12)))
        (local.set 2 (i32.xor (local.get 2) (i32.shl (local.get 0) (i32.const 3))))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (br 0)))
      (local.set 1 (i32.add (local.get 1) (i32.trunc_sat_f32_s (local.get 3)))))))
  )`),
).bodies[0]?.code.subarray(0, -1) as Uint8Array;

/** Bytes of ordinary code in one function, and of its head. */
const FUNCTION = 1000;
const HEAD = 8;

const WIDE_TYPE = [0x60, 16, ...repeat(16, [0x7f]), 4, ...repeat(4, [0x7f])];
const FOUR_TYPE = [0x60, 0, 4, ...repeat(4, [0x7f])];

/** The entry alone: what comes before the pieces, as many of them as there is room for, what follows. */
function body(
  size: number,
  piece: readonly number[],
  before: readonly number[] = [],
  after: readonly number[] = [],
): Raw {
  const room = size - before.length - after.length - 120;
  const code = [0, ...before, ...repeat(Math.floor(room / piece.length), piece), ...after, END];
  return { types: [ENTRY_TYPE, WIDE_TYPE, FOUR_TYPE], bodies: [code] };
}

/** Functions of ordinary code. */
function ordinary(size: number, raw: Raw = {}): Raw {
  const groups = [2, 1, 0x7f, 1, 0x7d];
  const count = Math.max(1, Math.floor((size - 120) / (FUNCTION + HEAD)));
  const code = [...groups, ...repeat(Math.floor(FUNCTION / ORDINARY.length), [...ORDINARY]), END];
  return { functions: times(count, () => 0), bodies: times(count, () => code), ...raw };
}

/** Other things in a module, and ordinary code up to the size. */
const beside = (size: number, raw: Raw): Raw => ({ ...ordinary(size - rawBehaviour({ ...raw }).length), ...raw });

const most = (limit: keyof typeof heaps): number => limits[limit].value;
const heap = (limit: keyof typeof heaps): Raw => (heaps[limit] as (count: number) => Raw)(most(limit));

const constant = (value: number): number[] => {
  const out = [0x41];
  writeSigned(out, value);
  return [...out, 0x1a];
};

/** As many operands as there may be but for a few; all of them are the value of one variable. */
const FULL = repeat(most('operands') - 6, [0x20, 0]);
const EMPTY = repeat(most('operands') - 6, [0x1a]);

const DEEP = [...repeat(most('nesting') - 1, [0x02, 0x40]), ...repeat(most('nesting') - 1, [END])];
const TABLE = [
  0x02,
  2,
  ...repeat(4, [0x41, 1]),
  0x20,
  0,
  0x0e,
  ...u32(most('branches')),
  ...repeat(most('branches') + 1, [0]),
  END,
  ...repeat(4, [0x1a]),
];

/** By name: what is made, of about so many bytes. */
export const heavy: Readonly<Record<string, (size: number) => Raw>> = {
  'ordinary code': (size) => ordinary(size),
  types: (size) => beside(size, heap('types')),
  globals: (size) => beside(size, heap('globals')),
  'data segments': (size) => {
    const each = Math.floor((size - 200) / most('data')) - 6;
    return {
      memories: [[1, 1, 1]],
      data: times(most('data'), () => [0, 0x41, 0, END, ...u32(each), ...repeat(each, [7])]),
    };
  },
  'functions in a table': (size) => {
    const each = Math.floor((size - 200) / most('elements')) - 8;
    const places = most('table');
    return {
      tables: [[0x70, 1, ...u32(places), ...u32(places)]],
      elements: times(most('elements'), () => [0, 0x41, 0, END, ...u32(each), ...repeat(each, [0])]),
    };
  },
  'custom sections with long names': (size) => {
    const each = Math.floor((size - 200) / (most('customs') - 1)) - 6;
    return { customs: times(most('customs') - 1, () => text('\u00e4'.repeat(each >> 1))) };
  },
  'functions, with all variables that there may be': (size) => {
    const count = Math.min(most('functions'), Math.floor((size - 200) / 8));
    const each = [1, ...u32(Math.floor(most('locals') / count)), 0x7f, END];
    return {
      functions: times(count, () => 0),
      bodies: times(count, () => each),
      customs: [[...text('fill'), ...repeat(Math.max(0, size - 200 - 8 * count), [0])]],
    };
  },
  'different constants': (size) =>
    body(size, [0x01], times(Math.floor((size - 130) / 6), (i) => constant(2_000_000 - i)).flat()),
  'long numbers': (size) => body(size, [0x41, 0x80, 0x80, 0x80, 0x80, 0x00, 0x1a]),
  blocks: (size) => body(size, [0x02, 0x40, END]),
  'blocks inside of each other': (size) => body(size, DEEP),
  'blocks on a full operand stack': (size) => body(size, [0x02, 0x40, END], FULL, EMPTY),
  'variables set under a full operand stack': (size) => body(size, [0x20, 1, 0x21, 1], FULL, EMPTY),
  'blocks with many parameters': (size) => body(size, [0x02, 1, 0x00, END, 0x1a, 0x1a, 0x1a, 0x1a], [0x00], []),
  conditions: (size) => body(size, [0x20, 0, 0x04, 0x40, 0x05, END]),
  'branches to one place': (size) => body(size, [0x20, 0, 0x0d, 0]),
  'tables of branches with four values': (size) => body(size, TABLE),
  'calls with many parameters': (size) => {
    const { bodies = [], ...raw } = body(size, [0x10, 1, 0x1a, 0x1a, 0x1a, 0x1a], [0x00]);
    return { ...raw, functions: [0, 1], bodies: [...bodies, [0, 0x00, END]] };
  },
};

/** A behaviour of that kind, of about so many bytes and not more. */
export function heavyModule(kind: string, size: number): Uint8Array {
  const raw = (heavy[kind] as (size: number) => Raw)(size);
  const memory = raw.memories ? 8 * Math.ceil(size / 8) : 0;
  return withSection(
    rawBehaviour({ exports: [entryExport()], ...raw }),
    rawManifest({ name: 'heavy', bounds: [64, memory, 0, 0] }),
  );
}
