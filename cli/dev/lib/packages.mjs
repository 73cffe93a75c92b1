// Debian packages: which are missing, and how to get them. What the firmware needs is required; what only widens the
// tests (clang's warnings, sanitizers and fuzzers, behaviours in C) is skipped with a line where it can't be had.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { run, step, which } from './run.mjs';

/** One need: how to see that it is there, the packages that bring it, and what is skipped without it. */
const needs = [
  { is: () => which('cmake'), packages: () => ['cmake'], target: 'firmware', required: true },
  { is: () => which('ninja'), packages: () => ['ninja-build'], target: 'firmware', required: true },
  {
    is: () => which('gcc') && existsSync('/usr/include/stdlib.h'),
    packages: () => ['gcc', 'libc6-dev'],
    target: 'firmware',
    required: true,
  },
  { is: () => which('clang'), packages: () => ['clang'], target: "clang's warnings and the fuzzers", required: false },
  {
    is: () => which('clang-format'),
    packages: () => ['clang-format'],
    target: 'the check that C is formatted',
    required: false,
  },
  { is: hasClangRuntime, packages: () => [clangRuntimePackage()], target: 'fuzzers', required: false },
  {
    is: () => which('g++'),
    packages: () => ['g++'],
    target: 'fuzzers (their run-time library is C++)',
    required: false,
  },
  { is: () => which('llvm-cov'), packages: () => ['llvm'], target: 'coverage of the fuzzers', required: false },
  {
    is: () => which('arm-none-eabi-gcc'),
    packages: () => ['gcc-arm-none-eabi'],
    target: 'firmware for Cortex-M',
    required: false,
  },
  {
    is: () => existsSync('/usr/include/newlib/stdlib.h'),
    packages: () => ['libnewlib-arm-none-eabi'],
    target: 'firmware for Cortex-M',
    required: false,
  },
  {
    is: () => which('qemu-system-arm'),
    packages: () => ['qemu-system-arm'],
    target: 'the board qemu-m7 (firmware for Cortex-M in an emulator)',
    required: false,
  },
  {
    is: () => which('openssl'),
    packages: () => ['openssl'],
    target: 'tests of TLS, which make certificates',
    required: false,
  },
  {
    is: () => which('mosquitto') || existsSync('/usr/sbin/mosquitto'),
    packages: () => ['mosquitto'],
    target: 'tests of boards at a real broker',
    required: false,
  },
  { is: () => which('socat'), packages: () => ['socat'], target: 'tests over pseudo-terminals', required: false },
  { is: () => which('wasm-ld'), packages: () => ['lld'], target: 'behaviours in C, compared by size', required: false },
];

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** True if clang has its run-time libraries (ASan, libFuzzer). */
function hasClangRuntime() {
  const libraries = list('/usr/lib/clang').flatMap((version) => list(`/usr/lib/clang/${version}/lib/linux`));
  return libraries.some((name) => name.includes('fuzzer'));
}

/** The package of clang's run-time libraries is named after the version that this Debian has. */
function clangRuntimePackage() {
  const { stdout } = spawnSync('apt-cache', ['depends', 'clang'], { encoding: 'utf8' });
  return `libclang-rt-${/Depends: clang-(\d+)/.exec(stdout ?? '')?.[1] ?? '14'}-dev`;
}

/** What this machine lacks. */
export const missing = () => needs.filter((need) => !need.is());

const install = (rows) => [
  'apt-get',
  'install',
  '-y',
  '-qq',
  '--no-install-recommends',
  ...rows.flatMap((need) => need.packages()),
];

/** The words before a command that make it run as root: none, sudo if it asks for no password, or undefined. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = which('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n'] : undefined;
}

function apt(prefix, [program, ...args]) {
  const [first, ...rest] = [...prefix, program, ...args];
  return run(first, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** The one command that an administrator has to run. */
const byHand = (rows) => `sudo apt-get update && sudo ${install(rows).join(' ')}`;

/**
 * Installs what is missing and returns the needs that stay unmet, each with a reason. Throws if a required one is among
 * them. apt is asked for the required ones first, so that an optional package that can't be had doesn't spoil them.
 */
export async function installPackages(gaps) {
  const required = gaps.filter((need) => need.required);
  const optional = gaps.filter((need) => !need.required);
  const prefix = rootPrefix();
  if (!prefix || !which('apt-get')) {
    if (required.length > 0)
      throw new Error(
        `Debian packages are missing and this user can't install them. Run this once, then try again:\n  ` +
          `${byHand(gaps)}`,
      );
    return optional.map((need) => ({ ...need, reason: `to have it, run: ${byHand([need])}` }));
  }
  await step('apt-get update', () => apt(prefix, ['apt-get', 'update', '-qq']));
  const get = (rows) =>
    step(`apt-get install ${rows.flatMap((need) => need.packages()).join(' ')}`, () => apt(prefix, install(rows)));
  if (required.length > 0) await get(required);
  // One by one only if together they fail: then what can be had is not held up by what can't.
  const together =
    optional.length > 0 &&
    (await get(optional).then(
      () => true,
      () => false,
    ));
  for (const need of together ? [] : optional) {
    await get([need]).catch((error) => (need.reason = error.message.trimEnd().split('\n').at(-1)));
  }
  return optional.filter((need) => !need.is());
}
