// Measurements on a Cortex-M7: what verifying a bundle and signing cost, counted by QEMU. firmware/measure/m7 has the C
// side.
import { mkdirSync, writeFileSync } from 'node:fs';
import { lacksM7 } from './firmware.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';
import { build } from './sizes.mjs';
import { loadTypeScript } from './typescript.mjs';

const FOLDER = 'build/measure/m7';
/** Rows that may take at most so many instructions. */
export const LIMITS = { bundle_verify: 1_900_000, key: 800_000, sign: 800_000 };
/** Instructions a tick of the timer that its figures are counted by. */
export const STEP = 40;
/** How the signature's code can be compiled. */
export const LEVELS = ['Os', 'O2'];

/** Why this can't be measured here; undefined if it can. */
export const lacks = lacksM7;

/** Writes the C header of the bundle: examples/kalman as the command line builds it, packed and signed by ota/host. */
async function writeFixture() {
  mkdirSync(at(FOLDER), { recursive: true });
  const { fixture } = await loadTypeScript('cli/dev/m7-fixture.ts', 'm7-fixture');
  writeFileSync(at(FOLDER, 'fixture.h'), fixture(await build('examples/kalman')));
}

/** Output sections of an image with their bytes. */
async function sections(image) {
  const table = await run('arm-none-eabi-size', ['-A', image]);
  return Object.fromEntries([...table.matchAll(/^\.(\w+)\s+(\d+)/gm)].map(([, name, bytes]) => [name, Number(bytes)]));
}

/**
 * The figures that the image prints: one `name value` a line; a line that begins with a space belongs to the one
 * before.
 */
function parse(output) {
  const figures = {};
  let last = '';
  for (const [, inner, name, value] of output.matchAll(/^( *)(\w+) (\d+)$/gm)) {
    if (!inner) last = name;
    figures[inner ? `${last}.${name}` : name] = Number(value);
  }
  return figures;
}

/** The image of a level, once it has been built. */
export const imageOf = (level) => at(FOLDER, `verify_${level}`);

/** Runs it and returns what it prints. */
export function boot(level, more = []) {
  const machine = [
    '-M',
    'mps2-an500',
    '-icount',
    'shift=0',
    '-display',
    'none',
    '-monitor',
    'none',
    '-serial',
    'stdio',
  ];
  return run('timeout', [
    '120',
    'qemu-system-arm',
    ...machine,
    '-semihosting-config',
    'enable=on,target=native',
    '-kernel',
    imageOf(level),
    ...more,
  ]);
}

/**
 * Builds and runs both images: figures of each by its level. Throws if the bundle was not accepted or if signing tells
 * of its secret.
 */
export async function measure() {
  await writeFixture();
  const tools = ['-G', 'Ninja', `-DCMAKE_TOOLCHAIN_FILE=${at('firmware/measure/m7/toolchain.cmake')}`];
  await run('cmake', ['-S', 'firmware/measure/m7', '-B', FOLDER, ...tools, `-DTARS_FIXTURE_DIR=${at(FOLDER)}`]);
  await run('cmake', ['--build', FOLDER]);
  const results = {};
  for (const level of LEVELS) {
    const output = await boot(level);
    results[level] = { ...parse(output), ...(await sections(imageOf(level))) };
    if (results[level].accepted !== 1) throw new Error(`the image of ${level} didn't accept its bundle:\n${output}`);
    if (results[level].steady !== 1)
      throw new Error(`at -${level} the time of signing depends on the secret:\n${output}`);
  }
  return results;
}
