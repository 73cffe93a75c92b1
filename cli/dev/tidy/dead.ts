/** Files that nobody uses: TypeScript that nothing imports, C that no build compiles. */
import { posix } from 'node:path';
import { allImports } from './imports.js';
import { isGenerated, type Problem, type Sources } from './source.js';

/** TypeScript that is started by a tool, not imported. */
const STARTED = /\.test\.ts$|\.config\.ts$|\.d\.ts$/;

export function deadFiles(sources: Sources): Problem[] {
  const imported = new Set(allImports(sources).map(({ target }) => target));
  const scripts = [...sources]
    .filter(([path]) => /\.mjs$|package\.json$/.test(path))
    .map(([, text]) => text)
    .join('\n');
  const compiled = compiledC(sources);
  const problems: Problem[] = [];
  for (const path of sources.keys()) {
    if (isGenerated(path)) continue;
    if (/\.ts$/.test(path) && !STARTED.test(path) && !imported.has(path) && !scripts.includes(path)) {
      problems.push({ path, line: 1, text: 'nothing imports this file' });
    }
    if (/\.c$/.test(path) && !path.startsWith('examples/') && !compiled.some((pattern) => pattern.test(path))) {
      problems.push({ path, line: 1, text: 'no CMakeLists.txt and no test compiles this file' });
    }
  }
  return problems;
}

/**
 * The C files that builds and tests name, as patterns of whole paths. A variable or `*` in a name stands for anything.
 */
function compiledC(sources: Sources): RegExp[] {
  const patterns: RegExp[] = [];
  for (const [path, text] of sources) {
    if (!/CMakeLists\.txt$|\.cmake$|\.mjs$|\.ts$/.test(path)) continue;
    for (const [named] of text.matchAll(/[^\s()"'`]+\.c\b/g)) {
      const own = named.replace('${CMAKE_CURRENT_SOURCE_DIR}/', '');
      const elsewhere = own.startsWith('${') && own.includes('/');
      // Scripts name files from the root of the project, builds from their own folder.
      const place = elsewhere
        ? `*${own.slice(own.indexOf('/'))}`
        : path.endsWith('.mjs')
          ? own
          : posix.join(posix.dirname(path), own);
      const source = place
        .replace(/\$\{\w+\}/g, '*')
        .split('*')
        .map((part) => part.replace(/[.+?^$()|[\]\\]/g, '\\$&'))
        .join('.*');
      patterns.push(new RegExp(`^${source}$`));
    }
  }
  return patterns;
}
