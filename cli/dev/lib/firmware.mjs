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
  /** The second compiler's opinion: its warnings are errors too. */
  'firmware-clang': ['-DCMAKE_C_COMPILER=clang'],
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

/**
 * Configures a flavour if it is new or was configured otherwise, and builds a target of it (everything by default);
 * `idle` builds in time that nobody else wants.
 */
export async function buildFirmware(flavour, target = 'all', { idle = false } = {}) {
  const folder = `build/${flavour}`;
  await configure(folder, flavours[flavour]);
  const build = ['cmake', '--build', folder, '--target', target];
  const [program, ...args] = idle ? ['nice', '-n', '19', ...build] : build;
  await run(program, args);
  return folder;
}

/**
 * Builds what the C tests need while the processor has nothing better to do. What fails is said when the tests build it
 * again.
 */
export async function buildAhead() {
  const clang = which('clang') ? ['firmware-clang'] : [];
  for (const flavour of ['firmware-asan', ...clang])
    await buildFirmware(flavour, 'all', { idle: true }).catch(() => undefined);
}

/** Builds a target of a flavour for another board, whose tables lie in `tables`; in a folder of its own. */
export async function buildTables(flavour, { board, tables, target }) {
  const folder = `build/${flavour}-${board}`;
  await configure(folder, [...flavours[flavour], `-DTARS_BOARD=${board}`, `-DTARS_BOARD_TABLES=${tables}`]);
  await run('cmake', ['--build', folder, '--target', target]);
  return folder;
}

/** Runs the C tests of a flavour and returns how many passed and failed. */
export async function testFirmware(flavour) {
  const folder = await buildFirmware(flavour);
  const report = at(folder, 'tests.xml');
  rmSync(report, { force: true });
  let output;
  try {
    output = await run('ctest', [
      '--test-dir',
      folder,
      '--output-on-failure',
      '--output-junit',
      report,
      '-j',
      '2',
      ...AGAIN,
    ]);
  } catch (error) {
    if (!existsSync(report)) throw error;
    output = error.output;
  }
  const suite = /<testsuite[^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures');
  const whole = failed > 0 || /\*\*\*(?!Skipped)/.test(output); // of what was tried again, both tries are worth reading
  console.log(whole ? output : output.trimEnd().split('\n').slice(-4).join('\n'));
  return { passed: number('tests') - failed - number('skipped') - number('disabled'), failed };
}

/** Builds everything with clang, whose warnings are errors. */
export async function warnings() {
  if (!which('clang')) throw new Skipped('clang is missing, gcc built the firmware without warnings');
  await buildFirmware('firmware-clang');
  console.log('clang: no warnings');
}

/** What the emulated board lacks on this machine; undefined if it can be built and run. */
export function lacksM7() {
  const gone = ['arm-none-eabi-gcc', 'qemu-system-arm'].filter((program) => !which(program));
  if (!existsSync('/usr/include/newlib/stdlib.h')) gone.push("newlib's headers");
  return gone.length > 0
    ? `${gone.join(' and ')} missing (Debian: gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm)`
    : undefined;
}
