// `npm run check`: what can be said in a minute or two without running the whole test suite.
import { runParts } from './lib/parts.mjs';
import { at } from './lib/paths.mjs';
import { format } from './format.mjs';
import { portTemplate } from './lib/template.mjs';
import { run } from './lib/run.mjs';

const node = (script, ...args) => run(process.execPath, [at(script), ...args], { echo: true });

const fine = await runParts('check', [
  ['types', () => node('node_modules/typescript/bin/tsc', '-p', '.')],
  [
    'lint',
    () =>
      node(
        'node_modules/eslint/bin/eslint.js',
        '.',
        '--cache',
        '--cache-location',
        'build/eslint',
        '--max-warnings',
        '0',
      ),
  ],
  ['format', () => format({ check: true })],
  ['tidy', () => node('node_modules/vitest/vitest.mjs', 'run', 'cli/dev/tidy')],
  ['generated files are fresh', () => node('cli/dev/gen.mjs', '--check')],
  ['fuzz smoke', () => node('cli/dev/fuzz.mjs', '--smoke')],
  ['port template', portTemplate],
  ['sizes', () => node('cli/dev/sizes.mjs')],
]);
process.exitCode = fine ? 0 : 1;
