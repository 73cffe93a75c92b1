/**
 * The files that tidy reads: what is committed or about to be, with its text. Rules are pure functions over this map.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** Path below the root of the project → text. */
export type Sources = ReadonlyMap<string, string>;

/** A broken rule. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export const show = ({ path, line, text }: Problem): string => `${path}:${line}: ${text}`;

const BINARY = /\.(png|jpg|gif|ico|wasm|bin|woff2?)$/;

/** All files that git tracks or would track. */
export function readSources(root: string): Sources {
  const names = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  }).split('\0');
  const sources = new Map<string, string>();
  for (const name of names.filter((name) => name !== '' && !BINARY.test(name)).sort()) {
    const path = `${root}/${name}`;
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) sources.set(name, readFileSync(path, 'utf8'));
  }
  return sources;
}

/** Number of the line that holds a character offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < offset; index = text.indexOf('\n', index + 1)) line++;
  return line;
}

/** Written by `npm run gen`: exempt from the rules about length and style, but held fresh. */
export const isGenerated = (path: string): boolean =>
  path.startsWith('firmware/gen/') ||
  path.startsWith('hal/vectors/') ||
  path === 'firmware/test/codec/tars_calls_fake.c';
