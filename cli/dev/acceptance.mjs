// The acceptance tests with their full counts, and the figures that they print: a thousand endless reactions, a
// thousand swaps, a hundred kills, thousands of random programs. Takes about ten minutes; `npm test` runs shorter
// counts.
import { at } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const suites =
  process.argv.length > 2 ? process.argv.slice(2) : ['hil-tests/acceptance', 'hil-tests/traces', 'sdk/interpreter'];
await run(process.execPath, [at('node_modules/vitest/vitest.mjs'), 'run', '--no-file-parallelism', ...suites], {
  echo: true,
  env: { ...process.env, TARS_FULL: '1' },
}).catch(() => {
  process.exitCode = 1;
});
