/** The little of the Wasm binary format that the model needs: find sections, count globals, export all of them. */
import { Refused } from './fault.js';

/** One section of a module. */
export interface Section {
  readonly id: number;
  /** Name of a custom section, empty otherwise. */
  readonly name: string;
  /** Content; of a custom section what follows the name. */
  readonly body: Uint8Array;
}

/** Types of a global that the ABI allows. */
export type GlobalType = 'i32' | 'i64' | 'f32';

export const SECTION_ID = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  data: 11,
} as const;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const GLOBAL_TYPES: Readonly<Record<number, GlobalType>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32' };

/** Reads numbers and names from the start of some bytes. */
export class Reader {
  offset = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.offset >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.offset++];
    if (value === undefined) throw new Refused('module', 'ends too early');
    return value;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return result;
    }
    throw new Refused('module', 'number too long');
  }

  /** Signed LEB128 of at most 32 bits. */
  s32(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return shift < 28 && (byte & 0x40) !== 0 ? result | (-1 << (shift + 7)) : result;
    }
    throw new Refused('module', 'number too long');
  }

  take(count: number): Uint8Array {
    if (this.offset + count > this.bytes.length) throw new Refused('module', 'ends too early');
    this.offset += count;
    return this.bytes.subarray(this.offset - count, this.offset);
  }

  /** What was read since an offset. */
  since(offset: number): Uint8Array {
    return this.bytes.subarray(offset, this.offset);
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.offset);
  }
}

/** Splits a module into its sections, in order. */
export function readSections(module: Uint8Array): Section[] {
  if (MAGIC.some((byte, i) => module[i] !== byte)) throw new Refused('module', 'no Wasm module');
  const reader = new Reader(module.subarray(MAGIC.length));
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const content = new Reader(reader.take(reader.u32()));
    const name = id === SECTION_ID.custom ? content.text() : '';
    sections.push({ id, name, body: content.rest() });
  }
  return sections;
}

/**
 * Types of the module's own globals, by index. Every initial value is a constant of the same type, as the ABI wants.
 */
export function readGlobalTypes(sections: readonly Section[]): GlobalType[] {
  const section = sections.find(({ id }) => id === SECTION_ID.global);
  if (section === undefined) return [];
  const reader = new Reader(section.body);
  const types: GlobalType[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const type = GLOBAL_TYPES[reader.byte()];
    if (type === undefined) throw new Refused('module', 'type of a global');
    reader.byte(); // mutability
    skipConstant(reader);
    types.push(type);
  }
  return types;
}

/** Skips `i32.const`, `i64.const` or `f32.const` and `end`. */
function skipConstant(reader: Reader): void {
  const opcode = reader.byte();
  if (opcode === 0x43) reader.take(4);
  else if (opcode === 0x41 || opcode === 0x42) while ((reader.byte() & 0x80) !== 0);
  else throw new Refused('module', 'initial value of a global');
  if (reader.byte() !== 0x0b) throw new Refused('module', 'initial value of a global');
}

const VALUE_LETTERS: Readonly<Record<number, string>> = { 0x7f: 'i', 0x7e: 'I', 0x7d: 'f', 0x7c: 'F' };

/** Signatures of all functions, imported ones first, as `(iI)f`: a letter for each i32, i64, f32 and f64. */
export function readSignatures(sections: readonly Section[]): string[] {
  const types = readVector(sections, SECTION_ID.type, (reader) => {
    reader.byte(); // 0x60, a function
    const letters = (): string =>
      Array.from({ length: reader.u32() }, () => VALUE_LETTERS[reader.byte()] ?? '?').join('');
    return `(${letters()})${letters()}`;
  });
  const imported = readVector(sections, SECTION_ID.import, (reader) => {
    reader.text();
    reader.text();
    reader.byte(); // 0, a function: the ABI has no other imports
    return reader.u32();
  });
  const own = readVector(sections, SECTION_ID.function, (reader) => reader.u32());
  return [...imported, ...own].map((type) => types[type] ?? '');
}

/** Index of an exported function, -1 if there is none of this name. */
export function findExport(sections: readonly Section[], name: string): number {
  const exported = readVector(sections, SECTION_ID.export, (reader) => ({
    name: reader.text(),
    kind: reader.byte(),
    index: reader.u32(),
  }));
  return exported.find((each) => each.name === name && each.kind === 0)?.index ?? -1;
}

/** Items of the section that is a list of them; none if the module has no such section. */
export function readVector<T>(sections: readonly Section[], id: number, read: (reader: Reader) => T): T[] {
  const section = sections.find((each) => each.id === id);
  if (section === undefined) return [];
  const reader = new Reader(section.body);
  return Array.from({ length: reader.u32() }, () => read(reader));
}

/** Pages of the module's memory; 0 if it has none. */
export function readMemoryPages(sections: readonly Section[]): number {
  const memories = readVector(sections, SECTION_ID.memory, (reader) => {
    const bounded = reader.byte() === 1;
    const pages = reader.u32();
    if (bounded) reader.u32();
    return pages;
  });
  return memories[0] ?? 0;
}

/**
 * Where the data lie that an instance begins with: their place is a constant, as the ABI wants. Segments that the code
 * copies itself (passive ones) have no place.
 */
export function readData(sections: readonly Section[]): { offset: number; size: number }[] {
  return readVector(sections, SECTION_ID.data, (reader) => {
    const passive = reader.u32() === 1;
    let offset = 0;
    if (!passive) {
      if (reader.byte() !== 0x41) throw new Refused('module', 'place of data');
      offset = reader.s32() >>> 0;
      if (reader.byte() !== 0x0b) throw new Refused('module', 'place of data');
    }
    const size = reader.u32();
    reader.take(size);
    return { offset, size: passive ? 0 : size };
  });
}

/** Export name of the memory in a module rewritten by `exportState`. */
export const MEMORY_NAME = 'the memory';

/** Export name of global `index` in a module rewritten by `exportState`. */
export function globalName(index: number): string {
  return `global ${index}`;
}

/**
 * The module with exports of its globals and its memory added. The ABI exports none, the engines on a board reach them
 * by index; Node's WebAssembly only reaches what is exported. Code and everything else keep their bytes.
 */
export function exportState(sections: readonly Section[], globals: number): Uint8Array {
  const old = sections.find(({ id }) => id === SECTION_ID.export);
  const reader = new Reader(old?.body ?? Uint8Array.of(0));
  const count = reader.u32();
  const memories = readMemoryPages(sections) > 0 ? 1 : 0;
  const body = [...leb(count + globals + memories), ...reader.rest()];
  const add = (text: string, kind: number, index: number): void => {
    const name = new TextEncoder().encode(text);
    body.push(...leb(name.length), ...name, kind, ...leb(index));
  };
  for (let index = 0; index < globals; index++) add(globalName(index), 0x03, index);
  if (memories > 0) add(MEMORY_NAME, 0x02, 0);
  const added: Section = { id: SECTION_ID.export, name: '', body: Uint8Array.from(body) };
  const kept = sections.filter(({ id }) => id !== SECTION_ID.export && id !== SECTION_ID.custom);
  const at = kept.findIndex(({ id }) => id > SECTION_ID.export);
  kept.splice(at < 0 ? kept.length : at, 0, added);
  return Uint8Array.from([
    ...MAGIC,
    ...kept.flatMap((section) => [section.id, ...leb(section.body.length), ...section.body]),
  ]);
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
    left >>>= 7;
  } while (left > 0);
  return bytes;
}
