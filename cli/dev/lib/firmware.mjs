// The firmware's builds: one folder per flavour below build/, so that none spoils another's objects.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { Skipped } from './parts.mjs';
import { run, which } from './run.mjs';

const M7 = [
  `-DCMAKE_TOOLCHAIN_FILE=${at('firmware/toolchains/cortex-m7.cmake')}`,
  '-DTARS_PORT=freertos',
  '-DTARS_BOARD=qemu_m7',
];

/** In CI, what fails is tried once more, as vitest.config.ts does it and for its reason. */
const AGAIN = process.env.CI === 'true' ? ['--repeat', 'until-pass:2'] : [];

/** What a flavour is for, and how CMake is asked for it. */
const flavours = {
  /** The virtual board that the command line starts. */
  firmware: [],
  /** Our C under ASan and UBSan, third-party C under ASan; the tests run here. */
  'firmware-asan': ['-DTARS_SANITIZE=ON'],
  /** The board in the emulator: FreeRTOS on a Cortex-M7. */
  'firmware-qemu-m7': M7,
  /** The smallest useful image of it. */
  'firmware-qemu-m7-smallest': [...M7, '-DTARS_BOARD=qemu_m7_smallest', '-DTARS_SMALLEST=ON'],
};

/** Images for the Cortex-M7 and the flavour that builds each; each is held to its budgets by cli/dev/budget.mjs. */
export async function buildM7() {
  await buildFirmware('firmware-qemu-m7');
  await buildFirmware('firmware-qemu-m7-smallest', 'tars-board-smallest');
}

/** Configures a folder unless that was done with the same options. */
async function configure(folder, options) {
  const record = at(folder, 'options.json');
  const wanted = JSON.stringify(options);
  if (existsSync(at(folder, 'build.ninja')) && existsSync(record) && readFileSync(record, 'utf8') === wanted) return;
  await run('cmake', ['-S', 'firmware', '-B', folder, '-G', 'Ninja', ...options]);
  writeFileSync(record, wanted);
}

/** Configures a flavour if it is new or was configured otherwise, and builds a target of it (everything by default). */
export async function buildFirmware(flavour, target = 'all') {
  const folder = `build/${flavour}`;
  await configure(folder, flavours[flavour]);
  await run('cmake', ['--build', folder, '--target', target]);
  return folder;
}

/** Builds a target of a flavour for another board, whose tables lie in `tables`; in a folder of its own. */
export async function buildTables(flavour, { board, tables, target }) {
  const folder = `build/${flavour}-${board}`;
  await configure(folder, [...flavours[flavour], `-DTARS_BOARD=${board}`, `-DTARS_BOARD_TABLES=${tables}`]);
  await run('cmake', ['--build', folder, '--target', target]);
  return folder;
}

/** Label of the C tests that judge times: they want the processors to themselves. */
const TIMING = 'timing';

/**
 * Runs the C tests of a flavour and returns how many passed and failed; `timing`: true for those that judge times,
 * false for all others.
 */
export async function testFirmware(flavour, { timing = false } = {}) {
  const folder = await buildFirmware(flavour);
  const report = at(folder, timing ? 'tests-timing.xml' : 'tests.xml');
  rmSync(report, { force: true });
  const chosen = [timing ? '--label-regex' : '--label-exclude', TIMING];
  const args = ['--test-dir', folder, '--output-on-failure', '--output-junit', report, ...chosen, ...AGAIN];
  let output;
  try {
    output = await run('ctest', args);
  } catch (error) {
    if (!existsSync(report)) throw error;
    output = error.output;
  }
  const suite = /<testsuite[^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures');
  const whole = failed > 0 || /\*\*\*(?!Skipped)/.test(output); // of what was tried again, both tries are worth reading
  const passed = number('tests') - failed - number('skipped') - number('disabled');
  return { passed, failed, text: whole ? output : '' };
}

/**
 * Has clang look at every source of ours that the posix flavour compiles, tests included: its warnings are errors, too.
 * They come from clang's front end, so nothing is made of what it has read.
 */
export async function warnings() {
  if (!which('clang')) throw new Skipped('clang is missing, gcc built the firmware without warnings');
  const folder = 'build/firmware';
  await configure(folder, flavours.firmware);
  const rows = JSON.parse(await run('ninja', ['-C', folder, '-t', 'compdb']));
  const alike = new Map(); // files by the options that they share: clang is started once for each group
  for (const { command, file } of rows) {
    const options = / -Werror /.test(command) && /\s(-.*) -MD -MT .* -c \S+\.c$/.exec(command)?.[1];
    if (options) alike.set(options, (alike.get(options) ?? new Set()).add(file));
  }
  const work = [...alike].map(([options, files]) => `clang -fsyntax-only ${options} ${[...files].join(' ')}`);
  for (const command of work) await run('sh', ['-c', command], { cwd: at(folder) });
  return `clang: no warnings in ${new Set([...alike.values()].flatMap((files) => [...files])).size} files`;
}

/** What the emulated board lacks on this machine; undefined if it can be built and run. */
export function lacksM7() {
  const gone = ['arm-none-eabi-gcc', 'qemu-system-arm'].filter((program) => !which(program));
  if (!existsSync('/usr/include/newlib/stdlib.h')) gone.push("newlib's headers");
  return gone.length > 0
    ? `${gone.join(' and ')} missing (Debian: gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm)`
    : undefined;
}
