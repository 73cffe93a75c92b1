import type { ValueType } from './opcodes.js';

/** A Wasm module as far as a behaviour needs one. */
export interface WasmModule {
  readonly types: readonly FunctionType[];
  readonly imports: readonly WasmImport[];
  readonly functions: readonly WasmFunction[];
  readonly globals: readonly WasmGlobal[];
  readonly exports: readonly { readonly name: string; readonly function: number }[];
  /** In order, behind everything else. */
  readonly customs: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** An imported function. */
export interface WasmImport {
  readonly module: string;
  readonly field: string;
  /** Index into `types`. */
  readonly type: number;
}

/** A function of the module. `code` ends with `end`. */
export interface WasmFunction {
  readonly type: number;
  /** In order of their index, after the parameters. */
  readonly locals: readonly ValueType[];
  readonly code: readonly number[];
}

export interface WasmGlobal {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly initial: number | bigint;
}

/** Ids of the sections. */
export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;
export type SectionName = keyof typeof sectionIds;

export const MAGIC: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
