import type { Board } from './board.js';
import { checkFile } from './check/index.js';
import type { Program } from './check/program.js';
import { Bag } from './diagnostics.js';
import type { Diagnostic } from './diagnostics.js';
import type { SourceFile } from './parse/ast.js';
import { parseFile } from './parse/index.js';

export type { Board, Resource } from './board.js';
export type { Diagnostic, Note } from './diagnostics.js';
export type { Span } from './span.js';

/** Reads a source into its tree and reports what could not be read. */
export function parse(source: string, file: string): { tree: SourceFile; diagnostics: Diagnostic[] } {
  const bag = new Bag(file);
  const tree = parseFile(source, bag);
  return { tree, diagnostics: bag.sorted() };
}

/** Parses and checks a source. `program` is present only if there is no diagnostic. */
export function check(source: string, options: { file: string; board: Board }): { program?: Program; diagnostics: Diagnostic[] } {
  const bag = new Bag(options.file);
  const program = checkFile(parseFile(source, bag), options.board, bag);
  return bag.list.length === 0 ? { program, diagnostics: [] } : { diagnostics: bag.sorted() };
}
