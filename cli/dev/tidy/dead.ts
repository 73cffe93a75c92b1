/** Files that nobody uses: TypeScript that nothing imports, C that no build compiles. */
import { allImports } from './imports.js';
import { isGenerated, type Problem, type Sources } from './source.js';

/** TypeScript that is started by a tool, not imported. */
const STARTED = /\.test\.ts$|\.config\.ts$|\.d\.ts$/;

export function deadFiles(sources: Sources): Problem[] {
  const imported = new Set(allImports(sources).map(({ target }) => target));
  const scripts = [...sources].filter(([path]) => /\.mjs$|package\.json$/.test(path)).map(([, text]) => text).join('\n');
  const builds = [...sources].filter(([path]) => /CMakeLists\.txt$|\.cmake$|\.test\.ts$|test\/\w+\.ts$|^cli\/dev\/\w+\.mjs$/.test(path)).map(([, text]) => text).join('\n');
  const problems: Problem[] = [];
  for (const path of sources.keys()) {
    if (isGenerated(path)) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (/\.ts$/.test(path) && !STARTED.test(path) && !imported.has(path) && !scripts.includes(path)) {
      problems.push({ path, line: 1, text: 'nothing imports this file' });
    }
    if (/\.c$/.test(path) && !path.startsWith('examples/') && !builds.includes(name)) {
      problems.push({ path, line: 1, text: 'no CMakeLists.txt and no test compiles this file' });
    }
  }
  return problems;
}
