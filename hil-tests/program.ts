/** Programs of the suites: compiled from source for the board of the rigs. */
import { readFileSync } from 'node:fs';
import { compile } from '../sdk/compiler/index.js';
import { projectRoot } from './description.js';

const board = JSON.parse(readFileSync(`${projectRoot}boards/virtual.json`, 'utf8')) as Parameters<
  typeof compile
>[1]['board'];

/** What `tars.toml` would say. */
export interface ProgramOptions {
  readonly priority?: number;
  readonly restart?: readonly [number, number];
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
