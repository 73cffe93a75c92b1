// Builds dist/: the command line as one CommonJS file with V8's code cache beside it (cli/bin/tars.js says why), the
// public library and the demo as ES modules.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { at, root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'ascii',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  metafile: true,
};

/**
 * The command line. serialport and SQLite look up a part of theirs beside themselves, and the broker for the desk is
 * large and rarely needed: these stay in node_modules.
 */
const program = {
  ...common,
  entryPoints: { main: 'cli/main.ts' },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  external: ['serialport', 'aedes', 'node-sqlite3-wasm'],
  alias: { 'string-width': './cli/terminal/width.ts' },
  // What `import()` and `import.meta.url` are in CommonJS.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
};

/** What is imported or started by itself, not through the launcher. */
const modules = {
  ...common,
  entryPoints: { sdk: 'sdk/index.ts', demo: 'cli/demo/index.ts' },
  format: 'esm',
  splitting: true,
  packages: 'external',
};

/** Writes dist/, and removes afterwards what an earlier build left there. */
export async function bundle() {
  const results = await Promise.all([program, modules].map((options) => build(options)));
  const written = new Set(results.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
  for (const name of readdirSync(at('dist')))
    if (!written.has(`dist/${name}`)) rmSync(at('dist', name), { recursive: true });
  await run(process.execPath, [at('cli/dev/build.mjs'), '--warm']);
}

/**
 * Compiles an example, signs, and looks for a broker in this process, and keeps the code that V8 has compiled for it:
 * the cache covers what was run.
 */
async function warm() {
  const { load } = createRequire(import.meta.url)(at('cli/bin/tars.js'));
  const { script, main } = load();
  const folder = mkdtempSync(join(tmpdir(), 'tars-warm-'));
  Object.assign(process.env, { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, TARS_PASSPHRASE: 'warm' });
  const root = join(folder, 'x.root');
  for (const [args, exit] of [
    [['build', at('examples/kalman'), '-o', join(folder, 'x.wasm')], 0],
    [['keys', 'new', 'x'], 0],
    [['keys', 'root', root, '--owner', 'x.example', '--member', 'x', '--key', 'x'], 0],
    // Nobody listens there.
    [['fleet', 'list', '--root', root, '--fleet', 'x', '--broker', 'mqtt://127.0.0.1:1'], 3],
  ]) {
    await main(args);
    if (process.exitCode !== exit) throw new Error(`tars ${args.join(' ')} ended with ${process.exitCode}`);
  }
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
  writeFileSync(at('dist/main.cjs.cache'), script.createCachedData());
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  await (process.argv.includes('--warm') ? warm() : bundle());
