// Runs the TypeScript tests and reads vitest's own report.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { at, root } from './paths.mjs';
import { run, seconds } from './run.mjs';

/** Runs test files, all if none is named: `{ passed, failed, tests }`; of each test its name, state and time. */
export async function vitest({ files = [], options = [], env = {} } = {}) {
  const report = at('build/vitest.json');
  rmSync(report, { force: true });
  const args = ['run', ...files, ...options, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await run(process.execPath, [at('node_modules/vitest/vitest.mjs'), ...args], {
    echo: true,
    env: { ...process.env, ...env },
  }).catch((error) => error);
  if (!existsSync(report)) throw new Error(`vitest ended before it could report: ${failure.message}`);
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    success,
    testResults,
  } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that doesn't even load has no failed tests, and an error between tests belongs to none.
  if (failed === 0 && (!success || failure instanceof Error))
    throw new Error('vitest reported errors outside of tests, see above');
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status, duration }) => ({
      name: `${relative(root, name)}: ${fullName}`,
      state: status,
      ms: duration ?? 0,
    })),
  );
  return { passed, failed, tests };
}

/** The tests that take longest, one a line, and their share of the time of all. */
export function slowest(tests, count) {
  const sum = (rows) => rows.reduce((total, { ms }) => total + ms, 0);
  const most = [...tests].sort((a, b) => b.ms - a.ms).slice(0, count);
  const share = ((100 * sum(most)) / sum(tests)).toFixed(0);
  const lines = most.map(({ name, ms }) => `${seconds(ms).padStart(9)}  ${name}`);
  return [
    `the slowest ${most.length} of ${tests.length} tests take ${share} % of ${seconds(sum(tests))}:`,
    ...lines,
  ].join('\n');
}
