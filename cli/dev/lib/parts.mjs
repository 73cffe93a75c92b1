// Parts of `npm test` and `npm run check`: each is run whatever the others did, and a table at the end says how long
// each took.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { at } from './paths.mjs';
import { seconds } from './run.mjs';

/** A part that can't run here: not a failure, but said clearly. */
export class Skipped extends Error {}

const minutes = (ms) => (ms < 60_000 ? seconds(ms) : `${(ms / 60_000).toFixed(1)} min`);

/**
 * Runs the parts `[name, work]` one after the other; a part returns `{ passed, failed }` if it counts tests. Prints a
 * table, writes the counts to `build/<report>.json` and returns true if nothing failed.
 */
export async function runParts(report, parts) {
  const rows = [];
  for (const [name, work] of parts) {
    console.log(`\n── ${name}`);
    const start = Date.now();
    const row = { name, state: 'passed', passed: 0, failed: 0, ms: 0 };
    try {
      Object.assign(row, await work());
      if (row.failed > 0) row.state = 'failed';
    } catch (error) {
      row.state = error instanceof Skipped ? 'skipped' : 'failed';
      if (row.state === 'failed' && row.failed === 0) row.failed = 1;
      console.log(error instanceof Skipped ? `skipped: ${error.message}` : error.message);
    }
    row.ms = Date.now() - start;
    rows.push(row);
  }
  summary(rows);
  mkdirSync(dirname(at('build', report)), { recursive: true });
  writeFileSync(at('build', `${report}.json`), JSON.stringify(rows, null, 2));
  return rows.every((row) => row.state !== 'failed');
}

function summary(rows) {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log('');
  for (const { name, state, passed, failed, ms } of rows) {
    const count = passed + failed > 0 ? `${passed} passed, ${failed} failed` : '';
    console.log(`${name.padEnd(width)}  ${state.padEnd(7)}  ${minutes(ms).padStart(8)}  ${count}`.trimEnd());
  }
  console.log(
    `${'total'.padEnd(width)}  ${''.padEnd(7)}  ${minutes(rows.reduce((sum, row) => sum + row.ms, 0)).padStart(8)}`,
  );
}

/** Tests counted by earlier runs with these names. */
export function counts(reports) {
  const rows = reports.flatMap((report) => JSON.parse(readFileSync(at('build', `${report}.json`), 'utf8')));
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}
