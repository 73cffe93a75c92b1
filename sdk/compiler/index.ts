import type { Board } from './board.js';
import { checkFile } from './check/index.js';
import type { Program } from './check/program.js';
import { Bag } from './diagnostics.js';
import { emitModule, importsOf, sizeOf } from './emit/index.js';
import { boundsOf, flatBounds } from './emit/bounds.js';
import type { Bounds } from './emit/bounds.js';
import { lackingCalls } from './check/lacking.js';
import { buildManifest } from './emit/manifest.js';
import type { ManifestOptions } from './emit/manifest.js';
import { lowerProgram } from './lower/index.js';
import type { Diagnostic } from './diagnostics.js';
import type { SourceFile } from './parse/ast.js';
import { parseFile } from './parse/index.js';
import { writeCustom } from '../image/encode.js';
import { stackNeed } from '../engine/index.js';
import { encodeManifest } from '../image/manifest.js';
import type { Manifest } from '../image/manifest.js';
import { limits, SECTION } from '../../hal/contract/index.js';

export type { Board, Resource } from './board.js';
export type { Diagnostic, Note } from './diagnostics.js';
export type { Span } from './span.js';

/** Longest source, in UTF-16 units: four times the bytes of the largest module. */
export const MOST_SOURCE = 4 * limits.module.value;

/** Reads a source into its tree and reports what could not be read. */
export function parse(source: string, file: string): { tree: SourceFile; diagnostics: Diagnostic[] } {
  const bag = new Bag(file);
  const tree = read(source, bag);
  return { tree, diagnostics: bag.sorted() };
}

/** The tree of a source; of one that is too long only the report says something. */
function read(source: string, bag: Bag): SourceFile {
  if (source.length <= MOST_SOURCE) return parseFile(source, bag);
  bag.report('T0509', { start: 0, end: 0 }, { size: source.length, limit: MOST_SOURCE });
  return { kind: 'file', items: [], span: { start: 0, end: source.length } };
}

/** Parses and checks a source. `program` is present only if there is no diagnostic. */
export function check(
  source: string,
  options: { file: string; board: Board },
): { program?: Program; diagnostics: Diagnostic[] } {
  const bag = new Bag(options.file);
  const program = checkFile(read(source, bag), options.board, bag);
  return bag.list.length === 0 ? { program, diagnostics: [] } : { diagnostics: bag.sorted() };
}

/** What one source is compiled for. */
export interface CompileOptions extends ManifestOptions {
  /** Name of the source file, for diagnostics. */
  readonly file: string;
  readonly board: Board;
}

/** A compiled source. Everything but the diagnostics is present only if there are none. */
export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** The Wasm module with its manifest. */
  readonly module?: Uint8Array;
  readonly program?: Program;
  readonly manifest?: Manifest;
  /** Worst case of every entry. */
  readonly bounds?: Bounds;
}

/** A bound in the manifest has 32 bits. */
const MAX_BOUND = 0xffff_ffff;

/** Compiles one source. Pure: nothing is read or written. */
export function compile(source: string, options: CompileOptions): Compiled {
  const { program, diagnostics } = check(source, options);
  if (!program) return { diagnostics };
  try {
    return generate(program, options);
  } catch (error) {
    // Functions stand in place of their only call, so expressions may nest deeper than any of them in the source.
    if (!(error instanceof RangeError)) throw error;
    const bag = new Bag(options.file);
    bag.report('T0507', { start: 0, end: 0 }, {});
    return { diagnostics: bag.list };
  }
}

function generate(program: Program, options: CompileOptions): Compiled {
  const lowered = lowerProgram(program, sizeOf);
  const parts = boundsOf(lowered, program);
  const bag = new Bag(options.file);
  for (const { entry, instructions } of parts.entries) {
    if (instructions > MAX_BOUND)
      bag.report('T0506', { start: 0, end: 0 }, { entry, count: instructions.toPrecision(3), limit: MAX_BOUND });
  }
  const imports = importsOf(lowered);
  for (const { call, group, span } of lackingCalls(program, imports, options.board))
    bag.report('T0228', span, { board: options.board.name, call: call.name, group });
  if (bag.list.length > 0) return { diagnostics: bag.sorted() };
  const code = emitModule(lowered);
  const bounds = { stack: stackNeed(code, options.board.pointer === 4 ? 4 : 8), ...parts };
  const manifest = buildManifest(program, imports, flatBounds(bounds), options);
  const request = encodeManifest(manifest);
  const out = [...code];
  writeCustom(out, SECTION, request);
  const fits = (what: string, size: number, limit: number): void => {
    if (size > limit) bag.report('T0505', { start: 0, end: 0 }, { what, size, limit });
  };
  fits('manifest', request.length, limits.manifest.value);
  fits('module', out.length, limits.module.value);
  return bag.list.length > 0
    ? { diagnostics: bag.list }
    : { diagnostics: [], module: Uint8Array.from(out), program, manifest, bounds };
}
