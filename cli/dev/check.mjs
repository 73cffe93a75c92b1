// `npm run check`: what can be said in a minute or two without running the whole test suite.
import { runParts } from './lib/parts.mjs';
import { at } from './lib/paths.mjs';
import { format } from './format.mjs';
import { publishedTypes } from './lib/published-types.mjs';
import { portTemplate } from './lib/template.mjs';
import { run } from './lib/run.mjs';

/** Runs a script and returns what it prints. */
const node = (script, ...args) => run(process.execPath, [at(script), ...args]);

const LINT = ['.', '--cache', '--cache-location', 'build/eslint', '--max-warnings', '0'];

// The longest first: two at a time, the fuzzers being two processes themselves.
const parts = [
  ['fuzz smoke', () => node('cli/dev/fuzz.mjs', '--smoke')],
  ['lint', () => node('node_modules/eslint/bin/eslint.js', ...LINT)],
  ['types', () => node('node_modules/typescript/bin/tsc', '-p', '.')],
  ['types of the package', publishedTypes],
  ['format', () => format({ check: true })],
  ['tidy', () => node('node_modules/vitest/vitest.mjs', 'run', 'cli/dev/tidy')],
  ['generated files are fresh', () => node('cli/dev/gen.mjs', '--check')],
  ['port template', portTemplate],
  ['sizes', () => node('cli/dev/sizes.mjs')],
];
process.exitCode = (await runParts('check', parts, { atOnce: 2 })) ? 0 : 1;
