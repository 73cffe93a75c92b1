/**
 * What the engine that runs on a board will take for a module, from its own rules: bytes of the behaviour's arena while
 * it is loaded and afterwards, and bytes of the execution stack. Boards check the same when they load.
 */
import { commonLayout, ENTRY, layouts, limits, manifest as keys, stateFlags } from '../../hal/contract/index.js';
import type { Layout, Pointer } from '../../hal/contract/index.js';
import { manifestBytes } from '../image/attach.js';
import { decodeModule, ImageError } from '../image/decode.js';
import type { Decoded } from '../image/decode.js';
import { decodeManifest } from '../image/manifest-decode.js';
import type { Manifest } from '../image/manifest.js';
import type { FunctionType, SectionName } from '../image/module.js';
import type { ValueType } from '../image/opcodes.js';
import { Arena, NoArena } from './arena.js';
import { type Compiled, FunctionLoader } from './code.js';
import { type Depth, hostCall, stackOf } from './stack.js';

/** Least bytes of code that open a block. */
const BLOCK_BYTES = 2;

export interface Needs {
  /** Size of the smallest arena in which the module can be loaded. */
  readonly arena: number;
  /** Bytes of it that are in use afterwards. */
  readonly resident: number;
  /** Bytes of the execution stack: at most, or, if there is a circle, before it closes. */
  readonly stack: number;
  /**
   * A function that calls itself, directly or through others: nothing bounds how deep. Where the stack ends, the engine
   * ends the reaction with a trap.
   */
  readonly circle?: number;
}

/** Needs of a module; nothing if it isn't one that an engine would load, which boards say better. */
export function needsOf(bytes: Uint8Array, pointer: Pointer): Needs | undefined {
  const content = manifestBytes(bytes);
  const decoded = content && decodeManifest(content);
  if (!decoded || !('manifest' in decoded)) return undefined;
  try {
    // Boards refuse more before an engine sees it, and a few bytes may ask for billions.
    const module = decodeModule(bytes);
    if (variables(module) > limits.locals.value) return undefined;
    return needs(module, decoded.manifest, bytes.length, layouts[pointer]);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** Variables of all functions, without their parameters. */
const variables = ({ bodies }: Decoded): number =>
  bodies.reduce((sum, { locals }) => locals.reduce((all, { count }) => all + count, sum), 0);

function needs(module: Decoded, manifest: Manifest, size: number, layout: Layout): Needs {
  const arena = new Arena();
  arena.alloc(size);
  rows(arena, manifest, layout);
  walk(arena, module);
  tables(arena, manifest);
  const { bytes: stack, circle } = deepest(module, loadModule(arena, module, layout), layout);
  instantiate(arena, module, manifest, layout);
  return { arena: arena.high, resident: arena.used, stack, ...(circle !== undefined && { circle }) };
}

/** Bytes of the execution stack that a module needs, which may lack its manifest. */
export function stackNeed(bytes: Uint8Array, pointer: Pointer): number {
  const module = decodeModule(bytes);
  return deepest(module, loadModule(new NoArena(), module, layouts[pointer]), layouts[pointer]).bytes;
}

/** A call through a table may reach each function there that has its type. */
function deepest(module: Decoded, functions: readonly Compiled[], layout: Layout): Depth {
  const form = (type: number | undefined): string => JSON.stringify(module.types[type ?? -1]);
  const types = [...module.imports.map(({ type }) => type), ...module.functions];
  const inTable = [...new Set(module.elements.flat())];
  const reached = (type: number): number[] => inTable.filter((index) => form(types[index]) === form(type));
  const imported = module.imports.map(({ type }) => hostCall(cellsOf(module.types[type ?? -1]?.params ?? [])));
  const entry = module.exports.find(({ name }) => name === ENTRY)?.index ?? -1;
  const defined = functions.map(({ cells, calls, indirect }) => ({
    cells,
    calls: [...calls, ...indirect.flatMap(reached)],
  }));
  const all = [...imported, ...defined];
  return all[entry] ? stackOf(all, entry, layout) : { bytes: 0 };
}

const cellsOf = (types: readonly ValueType[]): number => types.reduce((cells, type) => cells + bytesOf(type) / 4, 0);
const bytesOf = (type: ValueType): number => (type === 'i64' || type === 'f64' ? 8 : 4);

/** What the check of the code borrows (firmware/engines/wasm/module_check.c). */
function walk(arena: Arena, { sections, types, imports, functions }: Decoded): void {
  const code = sections.find(({ name }) => name === 'code');
  const blocks = code ? Math.floor((code.end - code.body) / BLOCK_BYTES) : 0;
  const levels = (1 + Math.min(limits.nesting.value, blocks)) * commonLayout.level;
  arena.free(arena.alloc(levels + types.length + imports.length + functions.length));
}

/** The manifest's rows (firmware/core/manifest_decode.c). */
function rows(arena: Arena, manifest: Manifest, layout: Layout): void {
  const { calls, uses, sources, state, bounds, restart, logs } = manifest;
  const usual = keys.find(({ name }) => name === 'restart') as { readonly default: readonly number[] };
  const lists: readonly (readonly [number, number])[] = [
    [calls.length, 2],
    [uses.length, layout.use],
    [sources.length, commonLayout.source],
    [state.length, commonLayout.state],
    [bounds.length, 4],
    [restart.join() === usual.default.join() ? 0 : restart.length, 4],
    [logs.length, layout.text],
  ];
  arena.alloc(lists.reduce((sum, [count, bytes]) => sum + Math.ceil((count * bytes) / 8) * 8, 0));
}

/** The tables that are made for the rows (firmware/core/slot.c). */
function tables(arena: Arena, { uses, sources, state, timers }: Manifest): void {
  const retained = state.filter(({ flags }) => flags & stateFlags.retain).length;
  arena.alloc(Math.max(1, uses.length) * commonLayout.handle);
  arena.alloc(Math.max(1, uses.length + sources.length + timers) * commonLayout.due);
  arena.alloc(Math.max(1, timers) * commonLayout.generation);
  arena.alloc(Math.max(1, retained) * commonLayout.retained);
}

/** load_from_sections of core/iwasm/interpreter/wasm_loader.c, as far as it allocates. */
function loadModule(arena: Arena, module: Decoded, layout: Layout): Compiled[] {
  arena.alloc(layout.module);
  const sections = module.sections.map(() => arena.alloc(layout.section));
  for (const { name } of module.sections) loadSection(arena, module, name, layout);
  const functions = module.functions.map((type, i) =>
    new FunctionLoader(
      module,
      typeAt(module, type),
      module.bodies[i] as Decoded['bodies'][number],
      arena,
      layout,
    ).load(),
  );
  for (const section of sections) arena.free(section);
  return functions;
}

function typeAt(module: Decoded, index: number): FunctionType {
  const type = module.types[index];
  if (!type) throw new ImageError(`no type ${index}`, 0);
  return type;
}

function loadSection(arena: Arena, module: Decoded, name: SectionName, layout: Layout): void {
  const rows = (count: number, bytes: number): void => void (count > 0 && arena.alloc(count * bytes));
  if (name === 'type') loadTypes(arena, module, layout);
  if (name === 'import') rows(module.imports.length, layout.import);
  if (name === 'function') {
    rows(module.functions.length, layout.pointer);
    module.functions.forEach((type, i) => {
      const locals = (module.bodies[i]?.locals ?? []).reduce((sum, { count }) => sum + count, 0);
      arena.alloc(layout.function + locals);
      rows(locals + typeAt(module, type).params.length, 2);
    });
  }
  if (name === 'table') rows(module.tables.length, layout.table);
  if (name === 'memory') rows(module.memories.length, layout.memory);
  if (name === 'global') rows(module.globals.length, layout.global);
  if (name === 'export') rows(module.exports.length, layout.export);
  if (name === 'element') {
    rows(module.elements.length, layout.elements);
    for (const { length } of module.elements) rows(length, commonLayout.initial);
  }
  if (name === 'data') {
    rows(module.data.length, layout.pointer);
    module.data.forEach(() => arena.alloc(layout.data));
  }
}

/** Equal types are kept once, but each is made before it is compared. */
function loadTypes(arena: Arena, module: Decoded, layout: Layout): void {
  if (module.types.length > 0) arena.alloc(module.types.length * layout.pointer);
  const known = new Set<string>();
  for (const { params, results } of module.types) {
    const piece = arena.alloc(commonLayout.typeHead + params.length + results.length);
    const key = `${params.join()}>${results.join()}`;
    if (known.has(key)) arena.free(piece);
    known.add(key);
  }
}

/** wasm_instantiate of core/iwasm/interpreter/wasm_runtime.c, as far as it allocates. */
function instantiate(arena: Arena, module: Decoded, manifest: Manifest, layout: Layout): void {
  const { globals, memories, data, imports } = module;
  const rows = (count: number, bytes: number): void => void (count > 0 && arena.alloc(count * bytes));
  const head =
    layout.instance +
    memories.length * layout.instanceMemory +
    globals.reduce((sum, { type }) => sum + bytesOf(type), 0) +
    module.tables.reduce((sum, { min }) => sum + layout.instanceTable + min * layout.pointer, 0);
  arena.alloc(Math.ceil(head / 8) * 8 + layout.instanceEnd);
  if (data.length > 0) arena.alloc(layout.bitmap + Math.ceil(data.length / 8));
  rows(globals.length, layout.instanceGlobal);
  if (memories.length > 0) {
    rows(memories.length, layout.pointer);
    rows(1, manifest.bounds[1] ?? 0);
  }
  rows(module.tables.length, layout.pointer);
  rows(imports.length + module.functions.length, layout.instanceFunction);
  rows(imports.length, layout.pointer);
  rows(module.exports.filter(({ kind }) => kind === 'function').length, layout.instanceExport);
}
