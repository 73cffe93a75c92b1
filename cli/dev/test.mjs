// `npm test`: everything that has to hold, except what `npm run check` does in less time. Set-up has run before.
import { buildAhead, lacksM7, testFirmware, warnings } from './lib/firmware.mjs';
import { runParts, Skipped } from './lib/parts.mjs';
import { run } from './lib/run.mjs';
import { printSlowest, vitest } from './lib/vitest.mjs';

const SLOWEST = 10;

/** All *.test.ts. */
async function unitTests() {
  const { passed, failed, tests } = await vitest();
  printSlowest(tests, SLOWEST);
  return { passed, failed };
}

/** What ctest knows of the FreeRTOS port. */
function emulatedNetwork() {
  const gap = lacksM7();
  if (gap) throw new Skipped(gap);
  return testFirmware('firmware-qemu-m7');
}

const ahead = buildAhead();
const fine = await runParts('test', [
  ['generated files are fresh', () => run(process.execPath, ['cli/dev/gen.mjs', '--check'])],
  ['TypeScript tests', unitTests],
  ['C tests under ASan and UBSan', () => ahead.then(() => testFirmware('firmware-asan'))],
  ['network of the emulated Cortex-M7', emulatedNetwork],
  ['clang warnings', warnings],
]);
process.exitCode = fine ? 0 : 1;
