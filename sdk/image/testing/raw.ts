/** For tests: modules made section by section, right or wrong. */
import { writeU32 } from '../leb.js';
import { MAGIC, sectionIds } from '../module.js';
import type { SectionName } from '../module.js';

type Bytes = readonly number[];

/** Items of each section as bytes; of `bodies` without their sizes, of `customs` names and contents. */
export interface Raw {
  readonly types?: readonly Bytes[];
  readonly imports?: readonly Bytes[];
  /** Indices of types. */
  readonly functions?: readonly number[];
  readonly tables?: readonly Bytes[];
  readonly memories?: readonly Bytes[];
  readonly globals?: readonly Bytes[];
  readonly exports?: readonly Bytes[];
  readonly elements?: readonly Bytes[];
  readonly bodies?: readonly Bytes[];
  readonly data?: readonly Bytes[];
  readonly customs?: readonly Bytes[];
}

export const u32 = (value: number): number[] => {
  const out: number[] = [];
  writeU32(out, value);
  return out;
};

export const text = (name: string): number[] => {
  const bytes = new TextEncoder().encode(name);
  return [...u32(bytes.length), ...bytes];
};

export const repeat = (count: number, bytes: Bytes): number[] => Array.from({ length: count }, () => bytes).flat();

/** What every behaviour has: type 0, (i32, i32) -> (), of its entry, which is the first of its own functions. */
export const ENTRY_TYPE: Bytes = [0x60, 2, 0x7f, 0x7f, 0];
export const entryExport = (imported = 0): number[] => [...text('r'), 0, ...u32(imported)];
export const EMPTY_BODY: Bytes = [0, 0x0b];

export function rawModule(raw: Raw): Uint8Array {
  const out: number[] = [...MAGIC];
  const put = (name: SectionName, content: Bytes): void => {
    out.push(sectionIds[name], ...u32(content.length));
    for (const byte of content) out.push(byte);
  };
  const list = (name: SectionName, items: readonly Bytes[] | undefined): void => {
    if (items && items.length > 0) put(name, [...u32(items.length), ...items.flat()]);
  };
  list('type', raw.types);
  list('import', raw.imports);
  list('function', raw.functions?.map(u32));
  list('table', raw.tables);
  list('memory', raw.memories);
  list('global', raw.globals);
  list('export', raw.exports);
  list('element', raw.elements);
  list(
    'code',
    raw.bodies?.map((body) => [...u32(body.length), ...body]),
  );
  list('data', raw.data);
  for (const each of raw.customs ?? []) put('custom', each);
  return Uint8Array.from(out);
}

/** A behaviour with an empty entry, but for what is given. */
export const rawBehaviour = (raw: Raw): Uint8Array =>
  rawModule({ types: [ENTRY_TYPE], functions: [0], exports: [entryExport()], bodies: [EMPTY_BODY], ...raw });
