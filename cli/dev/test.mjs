// `npm test`: everything that has to hold, except what `npm run check` does in less time. Set-up has run before.
// C is tested beside the TypeScript tests, half of whose time is spent waiting for boards and brokers; only the few C
// tests that judge times come after them.
import { lacksM7, testFirmware, warnings } from './lib/firmware.mjs';
import { runParts, Skipped } from './lib/parts.mjs';
import { run } from './lib/run.mjs';
import { slowest, vitest } from './lib/vitest.mjs';

const SLOWEST = 10;

/** All *.test.ts. */
async function unitTests() {
  const { passed, failed, tests } = await vitest();
  return { passed, failed, text: slowest(tests, SLOWEST) };
}

/** What ctest knows of the FreeRTOS port. */
function emulatedNetwork() {
  const gap = lacksM7();
  if (gap) throw new Skipped(gap);
  return testFirmware('firmware-qemu-m7');
}

const beside = [
  ['TypeScript tests', unitTests],
  ['generated files are fresh', () => run(process.execPath, ['cli/dev/gen.mjs', '--check'])],
  ['C tests under ASan and UBSan', () => testFirmware('firmware-asan')],
  ['network of the emulated Cortex-M7', emulatedNetwork],
  ['clang warnings', warnings],
];
const alone = [['C tests that judge times', () => testFirmware('firmware-asan', { timing: true })]];
process.exitCode = (await runParts('test', beside, { atOnce: 2, alone })) ? 0 : 1;
