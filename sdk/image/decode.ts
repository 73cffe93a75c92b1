import { MAGIC, sectionIds } from './module.js';
import type { FunctionType, SectionName, WasmGlobal } from './module.js';
import { valueTypes } from './opcodes.js';
import type { ValueType } from './opcodes.js';

/** Bytes that aren't a Wasm module of the form that engines take. */
export class ImageError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}

/** One section: `start` is its id byte, `body` the first byte of its content. */
export interface Section {
  readonly name: SectionName;
  /** Name of a custom section; absent for all others. */
  readonly custom?: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export type ExternalKind = 'function' | 'table' | 'memory' | 'global';
const externals: readonly ExternalKind[] = ['function', 'table', 'memory', 'global'];

export interface Limits {
  readonly min: number;
  readonly max?: number;
}

/** A module taken apart. Function bodies stay bytes: see disassemble.ts. */
export interface Decoded {
  readonly sections: readonly Section[];
  readonly types: readonly FunctionType[];
  /** `type`: index of the type of an imported function. */
  readonly imports: readonly {
    readonly module: string;
    readonly field: string;
    readonly kind: ExternalKind;
    readonly type?: number;
  }[];
  /** Type of each function of the module. */
  readonly functions: readonly number[];
  readonly tables: readonly Limits[];
  /** Functions of each list that fills a table. */
  readonly elements: readonly (readonly number[])[];
  readonly memories: readonly Limits[];
  /** What an instance begins with in its memory; of passive segments, which code copies, there is no `offset`. */
  readonly data: readonly { readonly offset?: number; readonly size: number }[];
  /** `initial` is absent if it isn't a constant. */
  readonly globals: readonly (Omit<WasmGlobal, 'initial'> & { readonly initial?: number | bigint })[];
  readonly exports: readonly { readonly name: string; readonly kind: ExternalKind; readonly index: number }[];
  readonly start?: number;
  /** Locals and code of each function; `code` ends with `end`. */
  readonly bodies: readonly {
    readonly locals: readonly { readonly count: number; readonly type: ValueType }[];
    readonly code: Uint8Array;
  }[];
}

/** Reads numbers, names and lists. Refuses LEB128 that is not in shortest form. */
export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  byte(): number {
    if (this.at >= this.end) throw new ImageError('cut short', this.at);
    return this.bytes[this.at++] as number;
  }

  u32(): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw new ImageError('number of more than 32 bits', start);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte > 0x7f) continue;
      if (byte === 0 && shift > 0) throw new ImageError('number longer than needed', start);
      return value;
    }
  }

  signed(bits: 32 | 33 | 64): bigint {
    const start = this.at;
    let value = 0n;
    let last = 0;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte > 0x7f) {
        last = byte;
        if (shift > BigInt(bits)) throw new ImageError('number too long', start);
        continue;
      }
      const padded = shift > 0n && ((byte === 0 && (last & 0x40) === 0) || (byte === 0x7f && (last & 0x40) !== 0));
      const wide = BigInt.asIntN(Number(shift) + 7, value);
      if (padded || BigInt.asIntN(bits, wide) !== wide) throw new ImageError('number longer than needed', start);
      return wide;
    }
  }

  take(size: number): Uint8Array {
    if (size > this.end - this.at) throw new ImageError('cut short', this.at);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  name(): string {
    const start = this.at;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(this.u32()));
    } catch (error) {
      throw error instanceof ImageError ? error : new ImageError('name that is not UTF-8', start);
    }
  }

  list<T>(item: () => T): T[] {
    const count = this.u32();
    if (count > this.end - this.at) throw new ImageError('list longer than its section', this.at);
    return Array.from({ length: count }, item);
  }

  valueType(): ValueType {
    const byte = this.byte();
    const found = (Object.keys(valueTypes) as ValueType[]).find((type) => valueTypes[type] === byte);
    if (!found) throw new ImageError('unknown value type', this.at - 1);
    return found;
  }
}

/** Splits a module into its sections; checks their order and lengths, not their content. */
export function readSections(bytes: Uint8Array): Section[] {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new ImageError('not a Wasm module', 0);
  const names = Object.keys(sectionIds) as SectionName[];
  const order: readonly SectionName[] = [
    'type',
    'import',
    'function',
    'table',
    'memory',
    'global',
    'export',
    'start',
    'element',
    'dataCount',
    'code',
    'data',
  ];
  const sections: Section[] = [];
  let reached = -1;
  const reader = new Reader(bytes, MAGIC.length);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const name = names.find((each) => sectionIds[each] === id);
    if (name === undefined) throw new ImageError('unknown section', start);
    const size = reader.u32();
    const body = reader.at;
    reader.take(size);
    if (name === 'custom') {
      const custom = new Reader(bytes, body, reader.at).name();
      sections.push({ name, custom, start, body, end: reader.at });
      continue;
    }
    const place = order.indexOf(name);
    if (place <= reached) throw new ImageError(`section ${name} out of order or twice`, start);
    reached = place;
    sections.push({ name, start, body, end: reader.at });
  }
  return sections;
}

/** Takes a module apart. Throws ImageError for what no engine would load. */
export function decodeModule(bytes: Uint8Array): Decoded {
  const sections = readSections(bytes);
  const read = <T>(name: SectionName, item: (reader: Reader) => T): T[] => {
    const section = sections.find((each) => each.name === name);
    if (!section) return [];
    const reader = new Reader(bytes, section.body, section.end);
    const items = reader.list(() => item(reader));
    if (reader.at !== section.end) throw new ImageError(`bytes left over in section ${name}`, reader.at);
    return items;
  };
  const startSection = sections.find((each) => each.name === 'start');
  const start = startSection && new Reader(bytes, startSection.body, startSection.end).u32();
  const decoded = {
    sections,
    types: read('type', readType),
    imports: read('import', readImport),
    functions: read('function', (reader) => reader.u32()),
    tables: read('table', readTable),
    memories: read('memory', readLimits),
    elements: read('element', readElements),
    data: read('data', readData),
    globals: read('global', readGlobal),
    exports: read('export', readExport),
    bodies: read('code', readBody),
    ...(start !== undefined && { start }),
  };
  if (decoded.functions.length !== decoded.bodies.length)
    throw new ImageError('functions and bodies differ in number', bytes.length);
  return decoded;
}

function readType(reader: Reader): FunctionType {
  if (reader.byte() !== 0x60) throw new ImageError('not a function type', reader.at - 1);
  return { params: reader.list(() => reader.valueType()), results: reader.list(() => reader.valueType()) };
}

function readLimits(reader: Reader): Limits {
  const flag = reader.byte();
  if (flag > 1) throw new ImageError('shared or 64-bit limits', reader.at - 1);
  const min = reader.u32();
  return flag === 1 ? { min, max: reader.u32() } : { min };
}

function readData(reader: Reader): Decoded['data'][number] {
  const flag = reader.u32();
  if (flag > 1) throw new ImageError('data of another memory', reader.at - 1);
  if (flag === 1) return { size: reader.take(reader.u32()).length };
  if (reader.byte() !== 0x41) throw new ImageError('place of data is no constant', reader.at - 1);
  const offset = Number(BigInt.asUintN(32, reader.signed(32)));
  if (reader.byte() !== 0x0b) throw new ImageError('place of data of more than one instruction', reader.at - 1);
  return { offset, size: reader.take(reader.u32()).length };
}

function readElements(reader: Reader): readonly number[] {
  if (reader.u32() !== 0) throw new ImageError('elements of another form than functions of the table', reader.at - 1);
  if (reader.byte() !== 0x41) throw new ImageError('place of elements is no constant', reader.at - 1);
  reader.signed(32);
  if (reader.byte() !== 0x0b) throw new ImageError('place of elements of more than one instruction', reader.at - 1);
  return reader.list(() => reader.u32());
}

function readTable(reader: Reader): Limits {
  reader.byte();
  return readLimits(reader);
}

function readKind(reader: Reader): ExternalKind {
  const kind = externals[reader.byte()];
  if (!kind) throw new ImageError('unknown kind of import or export', reader.at - 1);
  return kind;
}

function readImport(reader: Reader): Decoded['imports'][number] {
  const module = reader.name();
  const field = reader.name();
  const kind = readKind(reader);
  if (kind === 'function') return { module, field, kind, type: reader.u32() };
  if (kind === 'table') readTable(reader);
  else if (kind === 'memory') readLimits(reader);
  else reader.take(2);
  return { module, field, kind };
}

function readGlobal(reader: Reader): Decoded['globals'][number] {
  const type = reader.valueType();
  const mutable = reader.byte() === 1;
  const code = reader.byte();
  const view = (size: number): DataView => {
    const part = reader.take(size);
    return new DataView(part.buffer, part.byteOffset, size);
  };
  let initial: number | bigint | undefined;
  if (code === 0x41) initial = Number(reader.signed(32));
  else if (code === 0x42) initial = reader.signed(64);
  else if (code === 0x43) initial = view(4).getFloat32(0, true);
  else if (code === 0x44) initial = view(8).getFloat64(0, true);
  else if (code === 0x23) reader.u32();
  else throw new ImageError('first value is no constant', reader.at - 1);
  if (reader.byte() !== 0x0b) throw new ImageError('first value of more than one instruction', reader.at - 1);
  return { type, mutable, ...(initial !== undefined && { initial }) };
}

function readExport(reader: Reader): Decoded['exports'][number] {
  return { name: reader.name(), kind: readKind(reader), index: reader.u32() };
}

function readBody(reader: Reader): Decoded['bodies'][number] {
  const size = reader.u32();
  const end = reader.at + size;
  const inner = new Reader(reader.bytes, reader.at, Math.min(end, reader.end));
  const locals = inner.list(() => ({ count: inner.u32(), type: inner.valueType() }));
  const code = reader.bytes.subarray(inner.at, end);
  reader.take(size);
  if (code.at(-1) !== 0x0b) throw new ImageError('function without end', end);
  return { locals, code };
}
