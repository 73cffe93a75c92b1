/** What instructions without control flow take from the operand stack and leave on it. */
import type { ValueType } from './opcodes.js';

export interface Operation {
  readonly takes: readonly ValueType[];
  readonly leaves?: ValueType;
  /** Bytes of compiled code beside label and operands: an address in memory, a segment, the second half of a code. */
  readonly extra: 'none' | 'memory' | 'byte' | 'segment';
  /** LEB128 numbers behind the code. */
  readonly numbers: number;
}

const letters: Readonly<Record<string, ValueType>> = { i: 'i32', l: 'i64', f: 'f32', d: 'f64' };
const table = new Map<number, Operation>();

/** A run of instructions with the same operands, as `il>i`: i32 and i64 are taken, i32 is left. */
function run(first: number, last: number, form: string, extra: Operation['extra'] = 'none', numbers = 0): void {
  const [takes = '', leaves = ''] = form.split('>');
  const left = letters[leaves];
  for (let code = first; code <= last; code++)
    table.set(code, {
      takes: [...takes].map((letter) => letters[letter] as ValueType),
      ...(left && { leaves: left }),
      extra,
      numbers,
    });
}

// Loads and stores; an address and an alignment follow.
['i', 'l', 'f', 'd', 'i', 'i', 'i', 'i', 'l', 'l', 'l', 'l', 'l', 'l'].forEach((type, i) =>
  run(0x28 + i, 0x28 + i, `i>${type}`, 'memory', 2),
);
['i', 'l', 'f', 'd', 'i', 'i', 'l', 'l', 'l'].forEach((type, i) => run(0x36 + i, 0x36 + i, `i${type}`, 'memory', 2));
run(0x3f, 0x3f, '>i', 'none', 1);
run(0x40, 0x40, 'i>i', 'none', 1);
// Comparisons and arithmetic.
run(0x45, 0x45, 'i>i');
run(0x46, 0x4f, 'ii>i');
run(0x50, 0x50, 'l>i');
run(0x51, 0x5a, 'll>i');
run(0x5b, 0x60, 'ff>i');
run(0x61, 0x66, 'dd>i');
run(0x67, 0x69, 'i>i');
run(0x6a, 0x78, 'ii>i');
run(0x79, 0x7b, 'l>l');
run(0x7c, 0x8a, 'll>l');
run(0x8b, 0x91, 'f>f');
run(0x92, 0x98, 'ff>f');
run(0x99, 0x9f, 'd>d');
run(0xa0, 0xa6, 'dd>d');
// Conversions.
run(0xa7, 0xa7, 'l>i');
run(0xa8, 0xa9, 'f>i');
run(0xaa, 0xab, 'd>i');
run(0xac, 0xad, 'i>l');
run(0xae, 0xaf, 'f>l');
run(0xb0, 0xb1, 'd>l');
run(0xb2, 0xb3, 'i>f');
run(0xb4, 0xb5, 'l>f');
run(0xb6, 0xb6, 'd>f');
run(0xb7, 0xb8, 'i>d');
run(0xb9, 0xba, 'l>d');
run(0xbb, 0xbb, 'f>d');
run(0xbc, 0xbc, 'f>i');
run(0xbd, 0xbd, 'd>l');
run(0xbe, 0xbe, 'i>f');
run(0xbf, 0xbf, 'l>d');
run(0xc0, 0xc1, 'i>i');
run(0xc2, 0xc4, 'l>l');
run(0xfc00, 0xfc01, 'f>i', 'byte');
run(0xfc02, 0xfc03, 'd>i', 'byte');
run(0xfc04, 0xfc05, 'f>l', 'byte');
run(0xfc06, 0xfc07, 'd>l', 'byte');
// Memory at once: initialise, drop, copy, fill.
run(0xfc08, 0xfc08, 'iii', 'segment', 2);
run(0xfc09, 0xfc09, '', 'segment', 1);
run(0xfc0a, 0xfc0a, 'iii', 'byte', 2);
run(0xfc0b, 0xfc0b, 'iii', 'byte', 1);

export const operation = (code: number): Operation | undefined => table.get(code);

/** Bytes of `type` as cells of four bytes on the engine's stack. */
export const cellsOf = (type: ValueType | 'any'): number => (type === 'i64' || type === 'f64' ? 2 : 1);

/**
 * The width of the result that the engine lets an instruction write into a local variable at once, when `local.set`
 * follows it; none for all others.
 */
export function directResult(code: number): 1 | 2 | undefined {
  const found = table.get(code);
  if (!found?.leaves || code >= 0xc0 || code === 0x3f || code === 0x40) return undefined;
  return cellsOf(found.leaves) as 1 | 2;
}
