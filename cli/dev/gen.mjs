// Writes every generated file, or with --check lists those that are stale. Output is a function of hal/contract and boards/.
import { build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bundle = join(root, 'build/codegen.mjs');

await build({ entryPoints: [join(root, 'hal/codegen/index.ts')], bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: bundle, logLevel: 'warning' });
const { generate } = await import(pathToFileURL(bundle).href);

const boards = readdirSync(join(root, 'boards')).filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json')).sort()
  .map((name) => JSON.parse(readFileSync(join(root, 'boards', name), 'utf8')));
const stale = [...generate(boards)].filter(([path, text]) => text !== current(path));

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`stale: ${path}`);
  if (stale.length > 0) console.error('run `npm run gen` and commit the result');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log('generated files are fresh');
}

/** Text of a file, undefined if it doesn't exist. */
function current(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
