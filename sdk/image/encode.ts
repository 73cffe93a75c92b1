import { writeSigned, writeU32 } from './leb.js';
import { MAGIC, sectionIds } from './module.js';
import type { WasmFunction, WasmGlobal, WasmModule } from './module.js';
import { valueTypes } from './opcodes.js';
import type { ValueType } from './opcodes.js';

/** Writes a module; empty sections are left out. */
export function encodeModule(module: WasmModule): Uint8Array {
  const out = [...MAGIC];
  section(out, sectionIds.type, module.types, (bytes, type) => {
    bytes.push(0x60);
    list(bytes, type.params, (at, value) => at.push(valueTypes[value]));
    list(bytes, type.results, (at, value) => at.push(valueTypes[value]));
  });
  section(out, sectionIds.import, module.imports, (bytes, each) => {
    writeName(bytes, each.module);
    writeName(bytes, each.field);
    bytes.push(0x00);
    writeU32(bytes, each.type);
  });
  section(out, sectionIds.function, module.functions, (bytes, each) => writeU32(bytes, each.type));
  section(out, sectionIds.global, module.globals, writeGlobal);
  section(out, sectionIds.export, module.exports, (bytes, each) => {
    writeName(bytes, each.name);
    bytes.push(0x00);
    writeU32(bytes, each.function);
  });
  section(out, sectionIds.code, module.functions, writeFunction);
  for (const custom of module.customs) writeCustom(out, custom.name, custom.bytes);
  return Uint8Array.from(out);
}

/** Appends a custom section. */
export function writeCustom(out: number[], name: string, content: Uint8Array): void {
  const bytes: number[] = [];
  writeName(bytes, name);
  for (const byte of content) bytes.push(byte);
  out.push(sectionIds.custom);
  writeU32(out, bytes.length);
  append(out, bytes);
}

function list<T>(out: number[], items: readonly T[], write: (out: number[], item: T) => void): void {
  writeU32(out, items.length);
  for (const item of items) write(out, item);
}

function section<T>(out: number[], id: number, items: readonly T[], write: (out: number[], item: T) => void): void {
  if (items.length === 0) return;
  const bytes: number[] = [];
  list(bytes, items, write);
  out.push(id);
  writeU32(out, bytes.length);
  append(out, bytes);
}

// Not `push(...bytes)`: a section may be longer than the most arguments of a call.
function append(out: number[], bytes: readonly number[]): void {
  for (const byte of bytes) out.push(byte);
}

function writeName(out: number[], name: string): void {
  const bytes = new TextEncoder().encode(name);
  writeU32(out, bytes.length);
  out.push(...bytes);
}

function writeGlobal(out: number[], global: WasmGlobal): void {
  out.push(valueTypes[global.type], global.mutable ? 1 : 0);
  writeConstant(out, global.type, global.initial);
  out.push(0x0b);
}

/** Appends `i32.const 5` and the like. */
export function writeConstant(out: number[], type: ValueType, value: number | bigint): void {
  if (type === 'i32' || type === 'i64') {
    out.push(type === 'i32' ? 0x41 : 0x42);
    writeSigned(out, type === 'i32' ? Number(value) | 0 : BigInt.asIntN(64, BigInt(value)));
    return;
  }
  const view = new DataView(new ArrayBuffer(8));
  out.push(type === 'f32' ? 0x43 : 0x44);
  if (type === 'f32') view.setFloat32(0, Number(value), true);
  else view.setFloat64(0, Number(value), true);
  for (let i = 0; i < (type === 'f32' ? 4 : 8); i++) out.push(view.getUint8(i));
}

function writeFunction(out: number[], each: WasmFunction): void {
  const bytes: number[] = [];
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of each.locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  list(bytes, runs, (at, item) => {
    writeU32(at, item.count);
    at.push(valueTypes[item.type]);
  });
  append(bytes, each.code);
  writeU32(out, bytes.length);
  append(out, bytes);
}
