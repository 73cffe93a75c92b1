/** For tests: of everything that a limit of the contract bounds, a module with as much as one likes. */
import { limits, MEMORY_UNIT } from '../../../hal/contract/index.js';
import { rawManifest, withSection } from './handmade.js';
import {
  EMPTY_BODY,
  ENTRY_TYPE,
  entryExport,
  type Raw,
  rawBehaviour,
  repeat,
  text,
  u32,
} from '../../image/testing/raw.js';

type Limit = keyof typeof limits;

const GLOBAL = [0x7f, 0, 0x41, 0, 0x0b];
const MEMORY = [1, 1, 1];
const END = 0x0b;

/** A type that no other number gives: its parameters are the digits of a number in base 4. */
const distinct = (number: number): number[] => {
  const params = [...number.toString(4)].map((digit) => 0x7f - Number(digit));
  return [0x60, params.length, ...params, 0];
};

const times = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));

/** By the limit: the module with so many. */
export const heaps: Readonly<Partial<Record<Limit, (count: number) => Raw>>> = {
  types: (count) => ({ types: [ENTRY_TYPE, ...times(count - 1, distinct)] }),
  type_params: (count) => ({ types: [ENTRY_TYPE, [0x60, ...u32(count), ...repeat(count, [0x7f]), 0]] }),
  type_results: (count) => ({ types: [ENTRY_TYPE, [0x60, 0, ...u32(count), ...repeat(count, [0x7f])]] }),
  functions: (count) => ({ functions: times(count, () => 0), bodies: times(count, () => EMPTY_BODY) }),
  locals: (count) => ({ bodies: [[2, 1, 0x7e, ...u32(count - 1), 0x7f, END]] }),
  globals: (count) => ({ globals: times(count, () => GLOBAL) }),
  exports: (count) => ({
    memories: [MEMORY],
    globals: [GLOBAL],
    exports: [
      entryExport(),
      [...text('memory'), 2, 0],
      [...text('__heap_base'), 3, 0],
      ...times(count - 3, () => [...text('__data_end'), 3, 0]),
    ],
  }),
  table: (count) => ({ tables: [[0x70, 1, ...u32(count), ...u32(count)]] }),
  elements: (count) => ({ tables: [[0x70, 1, 1, 1]], elements: times(count, () => [0, 0x41, 0, END, 1, 0]) }),
  data: (count) => ({ memories: [MEMORY], data: times(count, () => [0, 0x41, 0, END, 1, 7]) }),
  customs: (count) => ({ customs: times(count - 1, () => text('x')) }),
  nesting: (count) => ({ bodies: [[0, ...repeat(count, [0x02, 0x40]), ...repeat(count + 1, [END])]] }),
  operands: (count) => ({ bodies: [[0, ...repeat(count, [0x41, 0]), ...repeat(count, [0x1a]), END]] }),
  branches: (count) => ({ bodies: [[0, 0x20, 0, 0x0e, ...u32(count), ...repeat(count + 1, [0]), END]] }),
};

/** A behaviour with so many of what the limit bounds. */
export function heap(limit: Limit, count: number): Uint8Array {
  const raw = (heaps[limit] as (count: number) => Raw)(count);
  return withSection(rawBehaviour(raw), manifest(raw));
}

const manifest = (raw: Raw, calls: readonly number[] = []): Uint8Array =>
  rawManifest({ name: 'heap', ...(calls.length > 0 && { calls }), bounds: [64, raw.memories ? MEMORY_UNIT : 0, 0, 0] });

const TOGGLE = [...text('t'), ...text('1'), 0, 1];
const TOGGLE_TYPE = [0x60, 1, 0x7f, 0];

/** A behaviour that imports a call so many times. */
export function imports(count: number): Uint8Array {
  const raw: Raw = {
    types: [ENTRY_TYPE, TOGGLE_TYPE],
    imports: times(count, () => TOGGLE),
    exports: [entryExport(count)],
  };
  return withSection(rawBehaviour(raw), manifest(raw, [1]));
}

/** Modules that break a rule of what engines are given, with the error that says so. */
export const attacks: readonly (readonly [what: string, module: Uint8Array, verdict: 'excess' | 'module'])[] = [
  ...(Object.keys(heaps) as Limit[]).map(
    (limit) => [`more ${limit}`, heap(limit, limits[limit].value + 1), 'excess'] as const,
  ),
  ['a thousand blocks and one end', code([...repeat(1000, [0x02, 0x40]), END]), 'excess'],
  ['more imports', imports(limits.calls.value + 1), 'excess'],
  ['a call imported twice', imports(2), 'module'],
  ['an instruction that there is not', code([0xff, END]), 'module'],
  ['operands that are not there', code([0x6a, 0x1a, END]), 'module'],
  ['an else without if', code([0x05, END]), 'module'],
  ['code behind the end', code([END, END]), 'module'],
  ['a number without an end', code([0x41, ...repeat(11, [0x80]), END]), 'module'],
];

function code(bytes: readonly number[]): Uint8Array {
  const raw = { bodies: [[0, ...bytes]] };
  return withSection(rawBehaviour(raw), manifest(raw));
}
