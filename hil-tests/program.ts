/** Programs of the suites: compiled from source for the board of the rigs. */
import { readFileSync } from 'node:fs';
import { DEFAULT_BOARD, loadBoard } from '../cli/project/boards.js';
import { compile } from '../sdk/compiler/index.js';
import { projectRoot } from './description.js';

/** What programs are compiled for: the board of the rig that the running test has. */
let board = loadBoard(DEFAULT_BOARD);

/** Compiles for this board from here on. */
export function compileFor(name: string): void {
  board = loadBoard(name);
}

/** What `tars.toml` would say. */
export interface ProgramOptions {
  readonly priority?: number;
  readonly restart?: readonly [number, number];
  /** Permille of the processor's time. */
  readonly load?: number;
  /** Longest wait for neighbours in microseconds. */
  readonly deadline?: number;
}

/** The module of a source. Throws what the compiler says. */
export function tars(source: string, options: ProgramOptions = {}): Uint8Array {
  const { module, diagnostics } = compile(source, { file: 'suite.tars', board, ...options });
  if (module === undefined) throw new Error(diagnostics.map(({ code, title }) => `${code} ${title}`).join('\n'));
  return module;
}

/** The module of an example. */
export function example(path: string, options: ProgramOptions = {}): Uint8Array {
  return tars(readFileSync(`${projectRoot}examples/${path}`, 'utf8'), options);
}
