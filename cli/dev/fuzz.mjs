// Builds and runs the fuzzers of firmware/fuzz with clang's libFuzzer under ASan and UBSan.
//   fuzz.mjs --smoke                        for CI: every target for 20,000 runs, its coverage, its canary; 200,000
//                                           of `bundle` without coverage (a million in `npm run test:long`)
//   fuzz.mjs [--target T] [--runs N] [--seed S]   longer; keeps its corpus and measures no coverage
//   fuzz.mjs --canary [--target T] [--seed S]     a planted bug must be found within 1,000,000 runs
// All of it is kept below --work, build/fuzz if nothing is said.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { codegen, vectors } from './lib/codegen.mjs';
import { at } from './lib/paths.mjs';
import { run, RunError, which } from './lib/run.mjs';
import { sourcesOf } from './lib/sources.mjs';

const SMOKE_RUNS = 20_000;
const CANARY_RUNS = 1_000_000;
const MORE_RUNS = 200_000;
/** One change at a time, and no crossing of inputs: the decoders are strict, and two changes rarely get through. */
const TUNING = ['-mutate_depth=1', '-cross_over=0'];
/** Compares values as well as branches: finds more in a short run, and takes three times as long. */
const THOROUGH = '-use_value_profile=1';
/** No weights of inputs, which take a quarter of the time: our mutations keep the inputs that matter. */
const SWIFT = ['-entropic=0'];
/**
 * Compared values feed libFuzzer's table of recent ones, which our own mutations hardly use: half as fast again
 * without.
 */
const NO_VALUES = ['-fno-sanitize-coverage=trace-cmp'];
/** Nothing here is used after it was freed, so memory may come back at once; of stacks, who allocated is enough. */
const SANITIZER = { ASAN_OPTIONS: 'quarantine_size_mb=1:malloc_context_size=2' };
/** The corpus that grows from run to run. */
const KEPT = 'corpus-fast';
/** Least share of the decoder's lines that a smoke run must reach, percent. */
const LEAST_COVERAGE = 90;

/** Files of a library by their names. */
function some(library, names) {
  const found = sourcesOf(library).filter((path) => names.includes(basename(path, '.c')));
  if (found.length !== names.length) throw new Error(`${library} lacks one of ${names.join(', ')}`);
  return found;
}
const core = (...names) => some('CORE', names);
const wire = (...names) => some('WIRE', names);
const gen = (...names) => some('GEN', names);
const cbor = wire('cbor', 'half', 'row');
const INCLUDE = ['firmware/include', 'firmware/gen', 'firmware/wire', 'firmware/core', 'firmware/fuzz', 'hal/include'];

/**
 * `source`: the fuzzer; `decoder`: what coverage is measured of; `rest`: what is linked besides; `plain`: what gives no
 * feedback, because it makes documents, or reads items of which every input has hundreds (the sanitizers watch it all
 * the same); `bare`: what runs without sanitizers, behind functions of the fuzzer that check the memory given to it.
 * `longest`: input, bytes; `least`: share of the decoder's lines that a smoke run must reach, percent.
 */
const targets = {
  link: {
    source: 'firmware/fuzz/fuzz_link.c',
    decoder: [...cbor, ...wire('message', 'frame', 'cobs', 'crc32'), ...gen('tars_link', 'tars_bench', 'tars_fleet')],
    rest: [],
    longest: 1100,
    least: 88, // row.c names types, too, of which the link has no field, or none that may be left out
  },
  manifest: {
    source: 'firmware/fuzz/fuzz_manifest.c',
    decoder: [...core('manifest_decode', 'manifest_check'), ...gen('tars_manifest')],
    rest: [...cbor, ...gen('tars_kinds')],
    longest: 2100,
  },
  calls: {
    source: 'firmware/fuzz/fuzz_calls.c',
    decoder: [...core('dispatch', 'call_trace'), ...gen('tars_dispatch')],
    rest: [
      ...cbor,
      'firmware/gen/board_virtual_calls.c',
      ...core('manifest_decode', 'manifest_check'),
      ...gen('tars_manifest', 'tars_kinds'),
      'firmware/test/codec/tars_calls_fake.c',
    ],
    longest: 600,
  },
  // Arithmetic of signatures is replaced by the fuzzer: nothing that is mutated would ever have a right one.
  bundle: {
    source: 'firmware/fuzz/fuzz_bundle.c',
    decoder: [...sourcesOf('VERIFIER'), 'ota/device/trust_command.c'],
    rest: [
      ...sourcesOf('MANIFEST'),
      ...some('WASM', ['section', 'wasm']),
      ...wire('message'),
      ...gen('tars_manifest', 'tars_kinds', 'tars_bundle', 'tars_errors', 'tars_fleet'),
      'firmware/fuzz/fuzz_bundle_fleet.c',
    ],
    plain: [...cbor, 'firmware/fuzz/fuzz_bundle_make.c', 'firmware/test/bundle/cases.c'],
    bare: { files: wire('sha256'), symbols: ['tars_sha256_of', 'tars_sha256_add'] },
    longest: 4096,
    more: true,
  },
  // The whole core, attacked from inside a guest. Each input boots a board: fewer runs, and no canary of its own.
  core: {
    source: 'firmware/fuzz/fuzz_core.c',
    decoder: [...sourcesOf('CORE').filter((path) => /\/call_\w+\.c$/.test(path)), ...core('dispatch')],
    rest: [
      ...sourcesOf('CORE'),
      ...sourcesOf('WASM'),
      ...sourcesOf('WIRE'),
      ...sourcesOf('GEN'),
      'firmware/gen/board_virtual.c',
      'firmware/gen/board_virtual_calls.c',
      'firmware/fuzz/guest.c',
      'firmware/fuzz/strict_hal.c',
      'firmware/test/check.c',
      ...['fake_port', 'make', 'rig'].map((name) => `firmware/test/core/${name}.c`),
    ],
    longest: 600,
    runs: 3000,
    noCanary: true,
  },
};

const { values: options } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    canary: { type: 'boolean', default: false },
    target: { type: 'string' },
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    work: { type: 'string', default: 'build/fuzz' },
  },
});

/** Programs that are built, or are being built, by target and kind. */
const builds = new Map();

if (!which('clang') || !which('llvm-cov') || !which('llvm-profdata')) {
  console.log('fuzzers skipped: clang with its run-time library and llvm are missing');
} else {
  await main();
}

/** Runs what was asked for; the exit code says whether all of it held. */
async function main() {
  const names = options.target ? [options.target] : Object.keys(targets);
  if (!names.every((name) => name in targets)) throw new Error(`targets are ${Object.keys(targets).join(', ')}`);
  writeSeeds(await codegenSeeds());
  const withCanary = names.filter((name) => !targets[name].noCanary);
  const smokes = () => [
    ...names.toReversed().map((name) => () => smoke(name)),
    ...names.filter((name) => targets[name].more).map((name) => () => long(name, MORE_RUNS, 'corpus-ci')),
    ...withCanary.map((name) => () => canary(name)),
  ];
  const jobs = options.smoke
    ? smokes()
    : (options.canary ? withCanary : names).map(
        (name) => () => (options.canary ? canary(name) : long(name, options.runs)),
      );
  const results = options.smoke ? await inTwos(jobs) : await inTurn(jobs);
  for (const { line } of results) console.log(line);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

/** Two jobs at a time. */
async function inTwos(jobs) {
  const results = [];
  const worker = async () => {
    while (jobs.length > 0) results.push(await jobs.shift()());
  };
  await Promise.all([worker(), worker()]);
  return results.sort((a, b) => (a.line < b.line ? -1 : 1));
}

/** One job after the other. */
async function inTurn(jobs) {
  const results = [];
  for (const job of jobs) results.push(await job());
  return results;
}

/** Seeds from the golden vectors. */
async function codegenSeeds() {
  const { fuzzSeeds } = await codegen();
  return fuzzSeeds(vectors());
}

/** Folder of a target below the one for all. */
function folder(name, ...parts) {
  return at(options.work, name, ...parts);
}

/** Writes the seeds, one file each. */
function writeSeeds(seeds) {
  for (const [name, inputs] of Object.entries(seeds)) {
    rmSync(folder(name, 'seeds'), { recursive: true, force: true });
    mkdirSync(folder(name, 'seeds'), { recursive: true });
    inputs.forEach((bytes, i) => writeFileSync(folder(name, 'seeds', String(i).padStart(4, '0')), bytes));
  }
}

/** Newest time of change among the sources and all headers of the folders. */
function newest(sources, folders) {
  const headers = folders.flatMap((dir) =>
    readdirSync(at(dir))
      .filter((name) => name.endsWith('.h'))
      .map((name) => `${dir}/${name}`),
  );
  return Math.max(...[...sources, ...headers].map((path) => statSync(at(path)).mtimeMs));
}

/** Folder with the `board.h` that the core is built with. */
function boardHeader() {
  const header = folder('include', 'board.h');
  mkdirSync(folder('include'), { recursive: true });
  if (!existsSync(header)) writeFileSync(header, '#include "board_virtual.h"\n');
  return `${options.work}/include`;
}

/** Folders with headers that a target needs besides. */
function testFolders(name) {
  const folders = { core: ['firmware/test/core', 'firmware/test'], bundle: ['firmware/test/bundle', 'ota/device'] };
  return [...(folders[name] ?? ['firmware/test/codec']), boardHeader()];
}

/** Builds a target, if needed; `kind` is measured (with coverage), fast, or canary. */
function build(name, kind) {
  const key = `${name} ${kind}`;
  if (!builds.has(key)) builds.set(key, buildAnew(name, kind));
  return builds.get(key);
}

/** A canary is the measured program with another fuzzer: nothing else looks at TARS_CANARY. */
async function buildAnew(name, kind) {
  if (kind === 'canary') await build(name, 'measured');
  const all = [targets[name].source, ...new Set([...cbor, ...targets[name].decoder, ...targets[name].rest])];
  const plain = ['firmware/fuzz/mutate.c', ...(targets[name].plain ?? [])];
  const { files: bare, symbols } = targets[name].bare ?? { files: [], symbols: [] };
  const wrap = symbols.map((symbol) => `-Wl,--wrap=${symbol}`);
  const sources = all.filter((path) => !plain.includes(path));
  const folders = [...INCLUDE, ...testFolders(name)];
  const program = folder(name, kind);
  try {
    if (statSync(program).mtimeMs > newest([...sources, ...plain, ...bare, 'cli/dev/fuzz.mjs'], folders))
      return program;
  } catch {
    // not built yet
  }
  const measured = ['-fprofile-instr-generate', '-fcoverage-mapping'];
  const flags = { measured, fast: ['-O2'], canary: [...measured, '-DTARS_CANARY'] }[kind];
  const common = [
    '-std=c11',
    '-g',
    '-O1',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
    ...flags,
  ];
  const feedback = ['-fsanitize=fuzzer-no-link', ...(kind === 'fast' ? NO_VALUES : [])];
  const includes = folders.flatMap((dir) => ['-I', at(dir)]);
  const objects = folder(name, `objects-${kind}`);
  mkdirSync(objects, { recursive: true });
  const compile = (paths, ...more) =>
    run('clang', [...common, ...more, ...includes, '-c', ...paths.map((path) => at(path))], { cwd: objects });
  const own = kind === 'canary' ? [targets[name].source] : [...sources, ...plain, ...bare];
  const ownOf = (paths) => paths.filter((path) => own.includes(path));
  const parts = [0, 1, 2, 3].map((n) => ownOf(sources).filter((_, i) => i % 4 === n));
  await Promise.all(
    [...parts.map((part) => [part, ...feedback]), [ownOf(plain)], [ownOf(bare), '-fno-sanitize=all']].map(
      ([paths, ...more]) => (paths.length > 0 ? compile(paths, ...more) : undefined),
    ),
  );
  await run('clang', [
    ...common,
    '-fsanitize=fuzzer',
    ...wrap,
    ...[...sources, ...plain, ...bare].map((path) =>
      join(own.includes(path) ? objects : folder(name, 'objects-measured'), basename(path).replace(/\.c$/, '.o')),
    ),
    '-lm',
    '-o',
    program,
  ]);
  return program;
}

/**
 * Runs a fuzzer over the seeds and a corpus of its own; resolves with what it printed, `failed` if it found something.
 */
async function fuzz(name, kind, runs, { env = {}, into = `corpus-${kind}` } = {}) {
  const program = await build(name, kind);
  const corpus = folder(name, into);
  if (into !== KEPT) rmSync(corpus, { recursive: true, force: true });
  mkdirSync(corpus, { recursive: true });
  const args = [
    `-runs=${runs}`,
    `-seed=${options.seed}`,
    `-max_len=${targets[name].longest}`,
    ...TUNING,
    ...(kind === 'fast' ? SWIFT : [THOROUGH]),
    '-timeout=10',
    '-rss_limit_mb=1024',
    '-print_final_stats=1',
    `-artifact_prefix=${folder(name)}/`,
    corpus,
    folder(name, 'seeds'),
  ];
  try {
    return {
      output: await run(program, args, { env: { ...process.env, ...(kind === 'fast' ? SANITIZER : {}), ...env } }),
      failed: false,
    };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { output: error.output, failed: true };
  }
}

/** Number of executions that a run reports. */
function executed(output) {
  return Number(/stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? NaN);
}

/** What a fuzzer said about a finding: the summary and where it happened. */
function finding(output) {
  return output
    .split('\n')
    .filter((line) => /ERROR|SUMMARY|#[0-6] |Test unit written/.test(line))
    .slice(0, 10)
    .join('\n');
}

/** A short run whose coverage of the decoder is measured. */
async function smoke(name) {
  const profile = folder(name, 'profile.raw');
  const runs = targets[name].runs ?? SMOKE_RUNS;
  const { output, failed } = await fuzz(name, 'measured', runs, { env: { LLVM_PROFILE_FILE: profile } });
  if (failed) return { ok: false, line: `${name}: found something\n${finding(output)}` };
  const { percent, missed } = await coverage(name, profile);
  const ok = percent >= (targets[name].least ?? LEAST_COVERAGE) && executed(output) >= runs;
  return {
    ok,
    line:
      `${name}: ${executed(output)} executions, ${percent.toFixed(1)} % of the decoder's ` +
      `lines${ok ? '' : `; too few\n${missed}`}`,
  };
}

/** Share of the decoder's lines that were run, percent, and a table by file. */
async function coverage(name, profile) {
  const merged = folder(name, 'profile.data');
  await run('llvm-profdata', ['merge', '-sparse', profile, '-o', merged]);
  const files = targets[name].decoder.map((path) => at(path));
  const report = JSON.parse(
    await run('llvm-cov', ['export', '-summary-only', folder(name, 'measured'), `-instr-profile=${merged}`, ...files]),
  );
  const { totals, files: rows } = report.data[0];
  return {
    percent: totals.lines.percent,
    missed: rows.map((row) => `  ${row.filename}: ${row.summary.lines.percent.toFixed(1)} %`).join('\n'),
  };
}

/** Runs the target with a planted bug, which must be found. */
async function canary(name) {
  const env = { LLVM_PROFILE_FILE: folder(name, 'canary.raw') };
  const { output, failed } = await fuzz(name, 'canary', CANARY_RUNS, { env });
  const found = failed && /AddressSanitizer: (heap-buffer-overflow|SEGV)/.test(output) && / in canary /.test(output);
  return {
    ok: found,
    line: `${name}: canary ${found ? `found after ${executed(output)} executions` : `not found\n${finding(output)}`}`,
  };
}

/** A run of any length. The corpus grows from run to run, unless it is put elsewhere. */
async function long(name, runs, into = KEPT) {
  const { output, failed } = await fuzz(name, 'fast', runs, { into });
  if (failed) return { ok: false, line: `${name}: found something\n${finding(output)}` };
  const seconds = /Done \d+ runs in (\d+) second/.exec(output)?.[1];
  return {
    ok: executed(output) >= Number(runs),
    line: `${name}: ${executed(output)} executions in ${seconds} s, nothing found`,
  };
}
