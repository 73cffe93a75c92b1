/** Modules that are made to need exactly so much of a board, so that one byte more would not fit. */
import { readSections } from '../../sdk/image/decode.js';
import { writeCustom } from '../../sdk/image/encode.js';
import { writeU32 } from '../../sdk/image/leb.js';
import { sectionIds } from '../../sdk/image/module.js';
import { Cursor } from '../../sdk/image/cursor.js';
import { needsOf } from '../../sdk/engine/index.js';

/** The module with the content of one section changed. */
function changed(module: Uint8Array, section: 'code', change: (content: Uint8Array) => number[]): Uint8Array {
  const out = [...module.subarray(0, 8)];
  for (const each of readSections(module)) {
    if (each.name !== section) {
      out.push(...module.subarray(each.start, each.end));
      continue;
    }
    const content = change(module.subarray(each.body, each.end));
    out.push(sectionIds[section]);
    writeU32(out, content.length);
    out.push(...content);
  }
  return Uint8Array.from(out);
}

/** The module whose first function has so many more variables of four bytes. */
export function withLocals(module: Uint8Array, count: number): Uint8Array {
  return changed(module, 'code', (content) => {
    const cursor = new Cursor(content);
    const functions = cursor.u32();
    const size = cursor.u32();
    const end = cursor.at + size;
    const groups = cursor.u32();
    const extra: number[] = [];
    writeU32(extra, count);
    extra.push(0x7f);
    const begin: number[] = [];
    writeU32(begin, groups + 1);
    let at = cursor.at;
    for (let i = 0; i < groups; i++) {
      cursor.u32();
      cursor.byte();
    }
    const body = [...begin, ...content.subarray(at, cursor.at), ...extra];
    at = cursor.at;
    body.push(...content.subarray(at, end));
    const out: number[] = [];
    writeU32(out, functions);
    writeU32(out, body.length);
    return [...out, ...body, ...content.subarray(end)];
  });
}

/** The module with a custom section that makes it need exactly `bytes` of an arena; nothing if it needs more so. */
export function filled(module: Uint8Array, bytes: number, pointer: 4 | 8): Uint8Array | undefined {
  const padded = (size: number): Uint8Array => {
    const out = [...module];
    writeCustom(out, 'fill', new Uint8Array(size));
    return Uint8Array.from(out);
  };
  for (let size = 0, step = 0; step < 8; step++) {
    const needed = needsOf(padded(size), pointer)?.arena ?? Infinity;
    if (needed === bytes) return padded(size);
    size += bytes - needed;
    if (size < 0) return undefined;
  }
  return undefined;
}
