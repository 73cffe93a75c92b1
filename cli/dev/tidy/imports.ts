/** Who may import whom, as ARCHITECTURE.md draws it: data flows from the contract outward and never back. */
import { posix } from 'node:path';
import { isGenerated, lineAt, type Problem, type Sources } from './source.js';

interface Zone {
  readonly folder: string;
  /** Zones that it may import, beside itself. */
  readonly from: readonly string[];
}

/** Most specific first. */
export const zones: readonly Zone[] = [
  { folder: 'hal/contract', from: [] },
  { folder: 'hal/codegen', from: ['hal/contract'] },
  { folder: 'boards', from: [] },
  { folder: 'sdk', from: ['hal/contract'] },
  { folder: 'ota/host', from: ['sdk', 'hal/contract'] },
  { folder: 'ota/operator', from: ['ota/host', 'sdk', 'hal/contract'] },
  // Developer commands run the code generator and the fuzzers.
  { folder: 'cli/dev', from: ['cli', 'sdk', 'ota/host', 'ota/operator', 'boards', 'hal/contract', 'hal/codegen'] },
  { folder: 'cli', from: ['sdk', 'ota/host', 'ota/operator', 'boards', 'hal/contract', 'cli/dev'] },
  { folder: 'hil-tests', from: ['cli', 'sdk', 'ota/host', 'ota/operator', 'boards', 'hal/contract'] },
  { folder: 'examples', from: [] },
];

const zoneOf = (path: string): Zone | undefined => zones.find(({ folder }) => path.startsWith(`${folder}/`));

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(['"])([^'"\n]+)\1/g;

export interface Import {
  readonly path: string;
  readonly line: number;
  /** Path below the root for relative imports, else the package's name as written. */
  readonly target: string;
  readonly relative: boolean;
}

/**
 * All imports of TypeScript and JavaScript files. Relative ones name the source: `./x.js` is `x.ts` if there is one.
 */
export function allImports(sources: Sources): Import[] {
  const found: Import[] = [];
  for (const [path, text] of sources) {
    if (isGenerated(path) || !/\.(ts|mjs|js)$/.test(path)) continue;
    for (const match of text.matchAll(IMPORT)) {
      const written = match[2] ?? '';
      const relative = written.startsWith('.');
      const target = relative ? resolve(sources, posix.join(posix.dirname(path), written)) : written;
      found.push({ path, line: lineAt(text, match.index), target, relative });
    }
  }
  return found;
}

function resolve(sources: Sources, target: string): string {
  const source = target.replace(/\.js$/, '.ts');
  return sources.has(source) ? source : target;
}

/** Imports that go the wrong way, and relative imports of files that don't exist. */
export function importRules(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const { path, line, target, relative } of allImports(sources)) {
    const zone = zoneOf(path);
    const other = relative ? zoneOf(target) : undefined;
    if (!zone || !relative || zone === other) continue;
    // Board files are data, and tests may read data. Examples know the package by its public name only, like a user's
    // project.
    const data = /\.test\.ts$|\/testing\//.test(path) && target.endsWith('.json');
    if (!data && !(other && zone.from.includes(other.folder)))
      problems.push({ path, line, text: `${zone.folder} must not import ${target}` });
  }
  return problems;
}
