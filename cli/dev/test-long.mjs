// `npm run test:long`: every count of the tests that `npm test` shortens, as long as the acceptance criteria want it.
// Takes hours; figures stand in one table at the end. Set-up has run before.
//   test-long.mjs [--share S] [what]   S: a share of the counts, 0.02 a fiftieth; what: only these folders or files of
//                                      tests, or the parts below whose names begin so (`wear`)
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildFirmware } from './lib/firmware.mjs';
import { runParts } from './lib/parts.mjs';
import { at, root } from './lib/paths.mjs';
import { run, seconds } from './lib/run.mjs';
import { vitest } from './lib/vitest.mjs';

/** Runs of each fuzzer; each of `core` boots a board. */
const FUZZ_RUNS = { link: 1_000_000, manifest: 1_000_000, calls: 1_000_000, bundle: 1_000_000, core: 100_000 };
/** Boards whose flash is damaged, and updates of one whose erases are counted. */
const DAMAGES = 20_000;
const UPDATES = 10_000;
/** What sdk/testing/figures.ts reports, one object a line. */
const FIGURES = at('build/figures.jsonl');
/** How a test says that it has a long count. */
const LONG = '\\b(runs|sampled)\\(';

const { values, positionals: paths } = parseArgs({
  options: { share: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const share = Number(values.share);
if (!(share > 0 && share <= 1)) throw new Error(`a share lies between 0 and 1: ${values.share}`);

/** Rows of the table at the end. */
const table = [];

/** Test files that have long counts, and those that are named with their whole path. */
const longFiles = () => {
  const long = execFileSync('git', ['grep', '-lE', LONG, '--', '*.test.ts'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)));
  return [...new Set([...long, ...paths.filter((path) => path.endsWith('.test.ts'))])];
};

/** TypeScript tests, one file after the other: some judge times. */
async function unitTests() {
  rmSync(FIGURES, { force: true });
  const env = { TARS_FULL: String(share), TARS_FIGURES: FIGURES };
  const { passed, failed, tests } = await vitest({ files: longFiles(), options: ['--no-file-parallelism'], env });
  for (const { name, state, ms } of tests) table.push([name, `${state}, ${seconds(ms)}`]);
  const lines = existsSync(FIGURES) ? readFileSync(FIGURES, 'utf8').trimEnd().split('\n') : [];
  for (const { what, figures } of lines.map((line) => JSON.parse(line))) table.push([what, figures]);
  return { passed, failed };
}

/** Each cut of the power, and each second one in the recovery. */
async function powerCuts() {
  await buildFirmware('firmware', 'power_cuts');
  const output = await run(at('build/firmware/ota_sim/power_cuts'), share === 1 ? ['--all'] : []);
  for (const [, what, figures] of output.matchAll(/^(.+?): (.+)$/gm)) table.push([`power cuts, ${what}`, figures]);
  return output;
}

/** A program of ota/sim for the geometries of two boards; `rows`: which of its lines are figures. */
async function flash(program, count, rows) {
  const outputs = [];
  for (const name of [program, `${program}_few`]) {
    await buildFirmware('firmware', name);
    const output = await run(at('build/firmware/ota_sim', name), [`${Math.ceil(count * share)}`]);
    for (const [, what, figures] of output.matchAll(rows)) table.push([`${what}, ${name}`, figures]);
    outputs.push(output);
  }
  return outputs.join('');
}

/** What loading a module costs on the Cortex-M7. */
async function loading() {
  const output = await run(process.execPath, [at('cli/dev/loader.mjs')]);
  const [, figures = 'skipped'] = /^ *the most: (.+)$/m.exec(output) ?? [];
  table.push(['loading of modules, the most', figures]);
  return output;
}

/** One fuzzer. */
async function fuzz(target) {
  const output = await run(process.execPath, [
    at('cli/dev/fuzz.mjs'),
    '--target',
    target,
    '--runs',
    `${Math.ceil(FUZZ_RUNS[target] * share)}`,
  ]);
  for (const [, what, figures] of output.matchAll(/^(\w+): (.+)$/gm)) table.push([`fuzzer of ${what}`, figures]);
  return output;
}

const unit = ['TypeScript tests with long counts', unitTests];
const rest = [
  ['power cuts', powerCuts],
  ['damage to the flash', () => flash('damage', DAMAGES, /^(damages|boards after them): (.+)$/gm)],
  ['wear of the flash', () => flash('wear', UPDATES, /^(logs|modules): (.+)$/gm)],
  ['loading of modules', loading],
  ...Object.keys(FUZZ_RUNS).map((target) => [`fuzzer of ${target}`, () => fuzz(target)]),
];
const named = rest.filter(([name]) => paths.length === 0 || paths.some((path) => name.startsWith(path)));
const parts = [...(longFiles().length > 0 ? [unit] : []), ...named];
if (parts.length === 0) throw new Error(`no long count is in ${paths.join(', ')}`);
const fine = await runParts('test-long', parts);
console.log('');
for (const [what, figures] of table) console.log(`${what}\n    ${figures}`);
process.exitCode = fine ? 0 : 1;
