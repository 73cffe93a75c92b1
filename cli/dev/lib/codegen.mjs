// The code generator for developer scripts.
import { readdirSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { loadTypeScript } from './typescript.mjs';

/** A parsed file of the project. */
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/** Functions of hal/codegen. */
export const codegen = () => loadTypeScript('hal/codegen/index.ts', 'codegen');

/** Board files, parsed, by name. */
export const boards = () =>
  readdirSync(at('boards'))
    .filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json'))
    .sort()
    .map((name) => json(`boards/${name}`));

/** Golden vectors. */
export const vectors = () => ({
  cbor: json('hal/vectors/cbor.json'),
  manifests: json('hal/vectors/manifests.json'),
  frames: json('hal/vectors/frames.json'),
  bundles: json('hal/vectors/bundle.json'),
  edges: json('hal/vectors/ed25519-speccheck.json'),
  suit: json('hal/vectors/suit-examples.json'),
  fleet: json('hal/vectors/fleet.json'),
});
