// Set-up: everything that a clone needs to build, test and run, on a Debian that has only git, Node, npm and cargo. It
// is plain Node without dependencies, because it installs them. Each step looks first whether there is anything to do,
// so a second run takes a fraction of a second. `--quiet` says nothing when nothing was missing; `--tests` builds the
// sanitized C tests, too, as what runs in the emulator is built.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildFirmware, buildM7, lacksM7 } from './lib/firmware.mjs';
import { installPackages, missing } from './lib/packages.mjs';
import { at, root } from './lib/paths.mjs';
import { run, seconds, step, which } from './lib/run.mjs';
import { digest, stamp, stamps } from './lib/stamp.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** True if what npm says it has installed is what the lock file asks for (packages for other systems aside). */
function nodeModulesFresh() {
  const have = readJson(at('node_modules/.package-lock.json')).packages;
  const want = readJson(at('package-lock.json')).packages;
  return Object.entries(want).every(
    ([path, row]) => path === '' || row.optional || have[path]?.version === row.version,
  );
}

const source = (path) => /\.(ts|mjs|json)$/.test(path) && !/\.test\.ts$/.test(path);
const bundleInputs = () =>
  digest(['cli', 'sdk', 'hal/contract', 'ota/host', 'boards', 'package.json'], {
    keep: source,
    texts: [process.version],
  });
const firmwareInputs = () =>
  digest(['firmware', 'hal/include', 'hal/vectors', 'ota/device', 'boards', 'build/firmware/tars-board']);

const M7_IMAGES = ['tars-board', 'tars-board-plain', 'conformance']
  .map((name) => `firmware-qemu-m7/ports/freertos/${name}.elf`)
  .concat('firmware-qemu-m7-smallest/ports/freertos/tars-board-smallest.elf');

/**
 * The steps in order. `state` is a digest of what a step depends on; the step runs when that has changed since it was
 * stamped, unless `fresh` knows better, or when its result isn't `there`. One that isn't `wanted` waits for who asks.
 */
const steps = [
  {
    name: 'npm',
    what: 'npm ci',
    state: () => digest(['package.json', 'package-lock.json']),
    there: () => existsSync(at('node_modules/.package-lock.json')),
    fresh: nodeModulesFresh,
    work: () => run('npm', ['ci', '--no-audit', '--no-fund']),
  },
  {
    name: 'vendor',
    what: 'cargo vendor (C sources of WAMR, Monocypher, FreeRTOS, lwIP, mbedTLS and coreMQTT)',
    state: () => digest(['firmware/deps']),
    there: () => existsSync(at('build/vendor')),
    work: vendor,
  },
  {
    name: 'bundle',
    what: 'bundle of the command line',
    state: bundleInputs,
    there: () => existsSync(at('dist/main.cjs')),
    work: async () => (await import('./build.mjs')).bundle(),
  },
  {
    name: 'firmware',
    what: 'firmware of the virtual board',
    state: firmwareInputs,
    there: () => existsSync(at('build/firmware/tars-board')),
    work: () => buildFirmware('firmware', 'tars-board'),
  },
  {
    name: 'firmware-qemu-m7',
    what: 'firmware for the Cortex-M7 in the emulator',
    state: () => `${firmwareInputs()}${lacksM7() ?? ''}`,
    there: () => lacksM7() !== undefined || M7_IMAGES.every((path) => existsSync(at('build', path))),
    fresh: () => lacksM7() !== undefined, // apt has said so already; this target alone is skipped
    work: buildM7,
  },
  {
    name: 'firmware-asan',
    what: 'C tests under ASan and UBSan',
    wanted: process.argv.includes('--tests'),
    state: () => digest(['firmware', 'hal/include', 'hal/vectors', 'ota/device', 'ota/sim', 'boards']),
    there: () => existsSync(at('build/firmware-asan/tars-board')),
    work: () => buildFirmware('firmware-asan'),
  },
];

/**
 * Fetches the crates that the manifest names. What these need in Rust comes along and goes again: nothing is compiled
 * by cargo.
 */
async function vendor() {
  if (!which('cargo')) throw new Error('cargo is missing: install Rust 1.85 or newer (package rustup), then try again');
  const manifest = 'firmware/deps/Cargo.toml';
  await run('cargo', ['vendor', '--locked', '--manifest-path', manifest, 'build/vendor']);
  const wanted = new Set(
    [...readFileSync(at(manifest), 'utf8').matchAll(/^([a-z0-9-]+) = .*"=[0-9.]+"/gm)].map(([, name]) => name),
  );
  for (const folder of readdirSync(at('build/vendor')))
    if (!wanted.has(folder)) rmSync(at('build/vendor', folder), { recursive: true });
}

/** Makes `npx tars` run this clone: npm links the binaries of dependencies only, never of the package itself. */
function linkBinary() {
  const link = at('node_modules/.bin/tars');
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../cli/bin/tars.js', link);
}

/** Does what is missing and returns how many steps ran. */
async function setup() {
  let ran = 0;
  const gaps = missing();
  const notices = [];
  // Without root the optional packages can't be installed: they are mentioned, but no step is run for them again and
  // again.
  if (gaps.length > 0) {
    const unmet = await installPackages(gaps);
    ran += gaps.length - unmet.length;
    for (const need of unmet)
      notices.push(
        `  skipped: ${need.target} (${need.packages().join(' ')}: ${need.reason ?? 'could not be installed'})`,
      );
  }
  const done = stamps();
  for (const { name, what, wanted = true, state, there, fresh, work } of steps) {
    if (!wanted) continue;
    const before = state();
    if (there() && done[name] === before) continue;
    if (!there() || !fresh?.()) {
      await step(what, work);
      ran += 1;
    }
    stamp(name, state());
  }
  linkBinary();
  for (const notice of notices) console.log(notice);
  return ran;
}

async function main() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old: install Node 20 or newer`);
  process.chdir(root);
  const start = performance.now();
  const ran = await setup();
  const quiet = process.argv.includes('--quiet');
  if (!quiet || ran > 0)
    console.log(`set-up: ${ran === 0 ? 'nothing to do' : 'done'} (${seconds(performance.now() - start)})`);
}

main().catch((error) => {
  console.error(`set-up: ${error.message}`);
  process.exit(1);
});
