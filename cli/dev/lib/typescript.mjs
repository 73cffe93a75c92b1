// TypeScript of this project for developer scripts: bundled anew each time, because Node runs no TypeScript.
import { build } from 'esbuild';
import { renameSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { at } from './paths.mjs';

/** What a TypeScript file exports. The bundle is written to `build/<name>.mjs`. */
export async function loadTypeScript(path, name) {
  const outfile = at(`build/${name}.mjs`);
  await build({
    entryPoints: [at(path)],
    outfile: `${outfile}.${process.pid}`,
    bundle: true,
    platform: 'node',
    packages: 'external',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  renameSync(`${outfile}.${process.pid}`, outfile); // another script that reads it at the same time finds it whole
  return import(pathToFileURL(outfile).href);
}
