// Writes every generated file, or with --check lists those that are stale. Output is a function of hal/contract and boards/.
import { build } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { at } from './lib/paths.mjs';

const bundle = at('build/codegen.mjs');

await build({
  entryPoints: [at('hal/codegen/index.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  packages: 'external',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
const { generate } = await import(pathToFileURL(bundle).href);

const boards = readdirSync(at('boards')).filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json')).sort()
  .map((name) => json('boards', name));
const vectors = { cbor: json('hal/vectors/cbor.json'), manifests: json('hal/vectors/manifests.json'), frames: json('hal/vectors/frames.json') };
const stale = [...generate(boards, vectors)].filter(([path, text]) => text !== current(path));

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`stale: ${path}`);
  if (stale.length > 0) console.error('run `npm run gen` and commit the result');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log('generated files are fresh');
}

/** A parsed file of the project. */
function json(...path) {
  return JSON.parse(readFileSync(at(...path), 'utf8'));
}

/** Text of a file, undefined if it doesn't exist. */
function current(path) {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return undefined;
  }
}
