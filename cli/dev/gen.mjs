// Writes every generated file, or with --check lists those that are stale. What is written depends on hal/contract,
// boards/ and the vectors of hal/vectors that were written by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { boards, codegen, vectors } from './lib/codegen.mjs';
import { at } from './lib/paths.mjs';
import { loadTypeScript } from './lib/typescript.mjs';

const { generate } = await codegen();
const { boardSchemaText } = await loadTypeScript('boards/schema.ts', 'board-schema');
const files = generate(boards(), vectors()).set('boards/board.schema.json', boardSchemaText());
const stale = [...files].filter(([path, text]) => text !== current(path));

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

/** Text of a file, undefined if it doesn't exist. */
function current(path) {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return undefined;
  }
}
