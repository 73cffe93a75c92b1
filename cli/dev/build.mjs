// Bundles the command line and the public library into dist/. One chunk per command: a command loads what it needs and
// nothing else, which is most of what start-up time is made of.
import { readdirSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { at, root } from './lib/paths.mjs';

/** serialport has a native part that it looks up beside itself, so it stays in node_modules. */
const external = ['serialport'];

/** Writes dist/, and removes afterwards what an earlier build left there: a running command may still load its chunks. */
export async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'cli/main.ts', demo: 'cli/demo/index.ts', sdk: 'sdk/index.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    alias: { 'string-width': './cli/width.ts' },
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(metafile.outputs));
  for (const name of readdirSync(at('dist'))) if (!written.has(`dist/${name}`)) rmSync(at('dist', name), { recursive: true });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await bundle();
