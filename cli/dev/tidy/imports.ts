/** Who may import whom, as ARCHITECTURE.md draws it: data flows from the contract outward and never back. */
import { posix } from 'node:path';
import { isGenerated, lineAt, type Problem, type Sources } from './source.js';

interface Zone {
  /** A folder, or one file. */
  readonly folder: string;
  /** Zones that it may import, beside itself, and single files of others. */
  readonly from: readonly string[];
}

/**
 * The stages of the compiler import what comes before them. The interpreter shares the checked program with the
 * compiler and nothing that comes after it; the model knows nothing of the compiler. Tests are of the zone `sdk`.
 */
const sdk: readonly Zone[] = [
  { folder: 'sdk/wire', from: ['hal/contract'] },
  { folder: 'sdk/image', from: ['sdk/wire', 'hal/contract'] },
  { folder: 'sdk/engine', from: ['sdk/image', 'hal/contract'] },
  { folder: 'sdk/timing', from: ['sdk/image', 'hal/contract'] },
  { folder: 'sdk/compiler/parse', from: ['sdk/compiler', 'hal/contract'] },
  {
    folder: 'sdk/compiler/check',
    from: ['sdk/compiler', 'sdk/compiler/parse', 'sdk/image/sha256.ts', 'hal/contract'],
  },
  { folder: 'sdk/compiler/lower', from: ['sdk/compiler', 'sdk/compiler/check', 'hal/contract'] },
  { folder: 'sdk/compiler/emit', from: ['sdk/compiler/check', 'sdk/compiler/lower', 'sdk/image', 'hal/contract'] },
  {
    folder: 'sdk/compiler/index.ts',
    from: [
      'sdk/compiler',
      'sdk/compiler/parse',
      'sdk/compiler/check',
      'sdk/compiler/lower',
      'sdk/compiler/emit',
      'sdk/engine',
      'sdk/image',
      'hal/contract',
    ],
  },
  // What every stage needs: spans, messages, units, exact numbers.
  { folder: 'sdk/compiler', from: [] },
  { folder: 'sdk/model', from: ['sdk/image', 'sdk/wire', 'hal/contract'] },
  {
    folder: 'sdk/interpreter',
    from: ['sdk/compiler/check/program.ts', 'sdk/compiler/parse/ast.ts', 'sdk/model', 'hal/contract'],
  },
];
const everySdk = ['sdk', ...sdk.map(({ folder }) => folder)];

/** Most specific first. */
export const zones: readonly Zone[] = [
  { folder: 'hal/contract', from: [] },
  { folder: 'hal/codegen', from: ['hal/contract'] },
  { folder: 'boards', from: ['hal/contract'] },
  ...sdk,
  { folder: 'sdk', from: [...everySdk, 'hal/contract'] },
  { folder: 'ota/host', from: [...everySdk, 'hal/contract'] },
  { folder: 'ota/operator', from: ['ota/host', ...everySdk, 'hal/contract'] },
  // Developer commands run the code generator and the fuzzers.
  {
    folder: 'cli/dev',
    from: ['cli', ...everySdk, 'ota/host', 'ota/operator', 'boards', 'hal/contract', 'hal/codegen'],
  },
  { folder: 'cli', from: [...everySdk, 'ota/host', 'ota/operator', 'boards', 'hal/contract', 'cli/dev'] },
  { folder: 'hil-tests', from: ['cli', ...everySdk, 'ota/host', 'ota/operator', 'boards', 'hal/contract'] },
  { folder: 'examples', from: [] },
];

const isTest = (path: string): boolean => /\.test\.ts$|\/testing\//.test(path);

function zoneOf(path: string): Zone | undefined {
  const outer = (zone: Zone): boolean => !sdk.includes(zone);
  return zones
    .filter((zone) => !isTest(path) || outer(zone))
    .find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
}

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
    const data = isTest(path) && target.endsWith('.json');
    if (!data && !zone.from.includes(target) && !(other && zone.from.includes(other.folder)))
      problems.push({ path, line, text: `${zone.folder} must not import ${target}` });
  }
  return problems;
}
