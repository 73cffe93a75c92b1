// `npm test`: everything that has to hold, except what `npm run check` does in less time. Set-up has run before.
import { readFileSync, rmSync } from 'node:fs';
import { lacksM7, testFirmware, warnings } from './lib/firmware.mjs';
import { runParts, Skipped } from './lib/parts.mjs';
import { at } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

/** All *.test.ts; the counts come from vitest's own report. */
async function unitTests() {
  const report = at('build/vitest.json');
  rmSync(report, { force: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await run(process.execPath, [at('node_modules/vitest/vitest.mjs'), ...args], { echo: true }).catch(
    (error) => error,
  );
  const { numPassedTests: passed, numFailedTests: failed, success } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that doesn't even load has no failed tests, and an error between tests belongs to none.
  if (failed === 0 && (!success || failure instanceof Error))
    throw new Error('vitest reported errors outside of tests, see above');
  return { passed, failed };
}

/** What ctest knows of the FreeRTOS port. */
function emulatedNetwork() {
  const gap = lacksM7();
  if (gap) throw new Skipped(gap);
  return testFirmware('firmware-qemu-m7');
}

const fine = await runParts('test', [
  [
    'generated files are fresh',
    async () => void console.log((await run(process.execPath, ['cli/dev/gen.mjs', '--check'])).trimEnd()),
  ],
  ['TypeScript tests', unitTests],
  ['C tests under ASan and UBSan', () => testFirmware('firmware-asan')],
  ['network of the emulated Cortex-M7', emulatedNetwork],
  ['clang warnings', warnings],
]);
process.exitCode = fine ? 0 : 1;
