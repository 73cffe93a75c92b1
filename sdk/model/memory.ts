/**
 * A guest's memory has the bytes of its manifest, and Node's WebAssembly has pages of 64 KiB. So the guest is rewritten
 * to use the end of its last page: every access, every segment of data goes up by what the last page has too many. An
 * access behind the guest's bytes is then one behind the page, which the engine traps.
 */
import { MEMORY_PAGE } from '../../hal/contract/index.js';
import { Refused } from './fault.js';
import { leb, Reader, readVector, type Section, SECTION_ID } from './wasm.js';

/** Where in its pages a guest's memory of so many bytes begins. */
export const memoryStart = (bytes: number): number => pagesOf(bytes) * MEMORY_PAGE - bytes;

const pagesOf = (bytes: number): number => Math.ceil(bytes / MEMORY_PAGE);

/** Sections of the same module with a memory of so many bytes at the end of as few pages as hold them. */
export function fitMemory(sections: readonly Section[], bytes: number): readonly Section[] {
  if (bytes === 0) return sections;
  const imported = readVector(sections, SECTION_ID.import, skipImport).length;
  const own = readVector(sections, SECTION_ID.function, (reader) => reader.u32()).length;
  const types = readVector(sections, SECTION_ID.type, skipType).length;
  const helpers = new Helpers(imported + own, memoryStart(bytes));
  const bodies = readVector(sections, SECTION_ID.code, (reader) => shiftBody(reader.take(reader.u32()), helpers));
  const pages = leb(pagesOf(bytes));
  return sections.map((section) => {
    switch (section.id) {
      case SECTION_ID.type:
        return { ...section, body: appended(section.body, [ADDRESS_TYPE, BULK_TYPE]) };
      case SECTION_ID.function:
        return { ...section, body: appended(section.body, [leb(types), ...helpers.bulk.map(() => leb(types + 1))]) };
      case SECTION_ID.memory:
        return { ...section, body: Uint8Array.from([1, 1, ...pages, ...pages]) };
      case SECTION_ID.code:
        return { ...section, body: vector([...bodies, ...helpers.bodies()].map(sized)) };
      case SECTION_ID.data:
        return { ...section, body: vector(readVector([section], SECTION_ID.data, (one) => shiftData(one, helpers))) };
      default:
        return section;
    }
  });
}

type Bytes = readonly number[];

const sized = (bytes: Bytes): Bytes => [...leb(bytes.length), ...bytes];
const vector = (items: readonly Bytes[]): Uint8Array => Uint8Array.from([...leb(items.length), ...items.flat()]);

function appended(body: Uint8Array, items: readonly Bytes[]): Uint8Array {
  const reader = new Reader(body);
  return Uint8Array.from([...leb(reader.u32() + items.length), ...reader.rest(), ...items.flat()]);
}

const skipImport = (reader: Reader): void => {
  reader.text();
  reader.text();
  reader.byte(); // 0, a function: the ABI has no other imports
  reader.u32();
};

const skipType = (reader: Reader): void => {
  reader.byte();
  reader.take(reader.u32());
  reader.take(reader.u32());
};

const [I32, END] = [0x7f, 0x0b];
const [LOCAL_GET, I32_CONST, I32_LT_U, I32_ADD, CALL, PREFIX] = [0x20, 0x41, 0x49, 0x6a, 0x10, 0xfc];
/** Types of the helper that makes a place of an address, `(i32) -> i32`, and of those for bulk instructions. */
const ADDRESS_TYPE: Bytes = [0x60, 1, I32, 1, I32];
const BULK_TYPE: Bytes = [0x60, 3, I32, I32, I32, 0];
/** Instructions behind the prefix that take addresses from the stack, and which of their operands are addresses. */
const BULK: Readonly<Record<number, readonly boolean[]>> = {
  8: [true, false, false], // memory.init
  10: [true, true, false], // memory.copy
  11: [true, false, false], // memory.fill
};

/** Functions added to the module: they do what can't be done by another immediate. */
class Helpers {
  /** Bulk instructions, each with which of its operands are addresses. */
  readonly bulk: { readonly instruction: Bytes; readonly addresses: readonly boolean[] }[] = [];

  /** `first` is the index of the first function added, `start` where the memory begins. */
  constructor(
    private readonly first: number,
    readonly start: number,
  ) {}

  /** A call of the function that does a bulk instruction. */
  call(instruction: Bytes, addresses: readonly boolean[]): Bytes {
    const known = this.bulk.findIndex((each) => each.instruction.join() === instruction.join());
    if (known < 0) this.bulk.push({ instruction, addresses });
    return [CALL, ...leb(this.first + 1 + (known < 0 ? this.bulk.length - 1 : known))];
  }

  /** The functions, in order of their index. */
  bodies(): Bytes[] {
    const start = [I32_CONST, ...signed(this.start)];
    const place = [LOCAL_GET, 0, ...start, I32_ADD];
    // An address whose place has more than 32 bits lies outside of any memory.
    const address = [0, ...place, LOCAL_GET, 0, I32_LT_U, 0x04, 0x40, 0x00, END, ...place, END];
    const bulk = this.bulk.map(({ instruction, addresses }) => [
      0,
      ...addresses.flatMap((is, i) => [LOCAL_GET, i, ...(is ? [CALL, ...leb(this.first)] : [])]),
      ...instruction,
      END,
    ]);
    return [address, ...bulk];
  }
}

function shiftData(reader: Reader, { start }: Helpers): Bytes {
  const flag = reader.u32();
  if (flag === 1) return [1, ...sized([...reader.take(reader.u32())])];
  reader.byte();
  const offset = (reader.s32() >>> 0) + start;
  reader.byte();
  return [0, I32_CONST, ...signed(offset), END, ...sized([...reader.take(reader.u32())])];
}

function shiftBody(body: Uint8Array, helpers: Helpers): Bytes {
  const reader = new Reader(body);
  for (let left = reader.u32(); left > 0; left--) {
    reader.u32();
    reader.byte();
  }
  const shifted = [...reader.since(0)];
  while (!reader.done) shifted.push(...shiftInstruction(reader, helpers));
  return shifted;
}

/** Reads one instruction and yields it as it has to be. */
function shiftInstruction(reader: Reader, helpers: Helpers): Bytes {
  const begin = reader.offset;
  const opcode = reader.byte();
  if (opcode >= 0x28 && opcode <= 0x3e) {
    const align = reader.u32();
    return [opcode, ...leb(align), ...leb(Math.min(reader.u32() + helpers.start, 2 ** 32 - 1))];
  }
  if (opcode === 0x3f) {
    reader.byte();
    return [I32_CONST, 1]; // memory.size: a board makes one page of all bytes
  }
  if (opcode === PREFIX) {
    const kind = reader.u32();
    for (let left = prefixed(kind); left > 0; left--) reader.u32();
    const addresses = BULK[kind];
    const instruction = [...reader.since(begin)];
    return addresses === undefined ? instruction : helpers.call(instruction, addresses);
  }
  skipImmediates(reader, opcode);
  return [...reader.since(begin)];
}

/** Numbers behind a prefixed instruction. */
function prefixed(kind: number): number {
  if (kind > 17) throw new Refused('module', `instruction 0xfc ${kind}`);
  return kind < 8 ? 0 : [8, 10, 12, 14].includes(kind) ? 2 : 1;
}

/** Skips what stands behind an opcode that has nothing to do with memory. */
function skipImmediates(reader: Reader, opcode: number): void {
  if (opcode === 0x43) reader.take(4);
  else if (opcode === 0x44) reader.take(8);
  else if (opcode === 0x1c) reader.take(reader.u32());
  else if (opcode === 0x0e) for (let left = reader.u32() + 1; left > 0; left--) reader.u32();
  else for (let left = immediates(opcode); left > 0; left--) while ((reader.byte() & 0x80) !== 0);
}

/** Numbers behind an opcode. */
function immediates(opcode: number): number {
  if (opcode === 0x11) return 2;
  const one =
    (opcode >= 0x02 && opcode <= 0x04) || // block, loop, if
    [0x0c, 0x0d, 0x10, 0x40, I32_CONST, 0x42].includes(opcode) ||
    (opcode >= 0x20 && opcode <= 0x26);
  if (one) return 1;
  if (opcode > 0xc4) throw new Refused('module', `instruction 0x${opcode.toString(16)}`);
  return 0;
}

/** Signed LEB128 of the 32 bits of a number. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value | 0; ; left >>= 7) {
    const low = left & 0x7f;
    const last = left >> 6 === 0 || left >> 6 === -1;
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}
