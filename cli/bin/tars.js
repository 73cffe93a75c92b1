#!/usr/bin/env node
// The launcher of the bundle in dist/, which set-up builds. It is CommonJS and compiles the bundle with the code cache
// that lies beside it, because that halves the time of every start: V8 neither loads its module loader nor parses 400
// KB again. A cache of another Node is rejected by V8 itself; then the bundle is compiled as usual.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const bundle = join(__dirname, '../../dist/main.cjs');

/**
 * Compiles and runs the bundle, which is ASCII; returns what it exports, and the script for whoever writes the cache.
 */
function load() {
  const cache = `${bundle}.cache`;
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(bundle, 'latin1')}\n})`;
  const script = new Script(source, {
    filename: bundle,
    ...(existsSync(cache) && { cachedData: readFileSync(cache) }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  return { script, main: module.exports.main };
}

if (require.main !== module) module.exports = { load };
else if (existsSync(bundle)) load().main(process.argv.slice(2));
else {
  console.error(
    'error: this clone of tars is not built yet\n  cure: run `npm run setup` in its folder, then try again',
  );
  process.exitCode = 3;
}
