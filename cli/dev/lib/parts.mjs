// Parts of `npm test` and `npm run check`: each is run whatever the others did, and a table at the end says how long
// each took.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { at } from './paths.mjs';
import { seconds } from './run.mjs';

/** A part that can't run here: not a failure, but said clearly. */
export class Skipped extends Error {}

const minutes = (ms) => (ms < 60_000 ? seconds(ms) : `${(ms / 60_000).toFixed(1)} min`);

const heading = (name) => console.log(`\n── ${name}`);

/**
 * Runs the parts `[name, work]`, so many `atOnce`, and after them those of `alone`, one by one; a part returns text to
 * be printed, or `{ passed, failed, text }` if it counts tests. Of parts that run at once what they say is printed when
 * they end. Prints a table, writes the counts to `build/<report>.json` and returns true if nothing failed.
 */
export async function runParts(report, parts, { atOnce = 1, alone = [] } = {}) {
  const start = Date.now();
  const rows = [...(await runLanes(parts, atOnce)), ...(await runLanes(alone, 1))];
  summary(rows, Date.now() - start);
  mkdirSync(dirname(at('build', report)), { recursive: true });
  writeFileSync(at('build', `${report}.json`), JSON.stringify(rows, null, 2));
  return rows.every((row) => row.state !== 'failed');
}

/** Runs parts, so many at once; their rows of the table. */
async function runLanes(parts, atOnce) {
  const rows = [];
  const left = parts.map((part, index) => [index, ...part]);
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, name, work] = next;
      if (atOnce === 1) heading(name);
      const [row, text] = await runPart(name, work);
      if (atOnce > 1) heading(name);
      if (text) console.log(text.trim());
      rows[index] = row;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return rows;
}

/** Runs one part: its row of the table, and what there is to print. */
async function runPart(name, work) {
  const start = Date.now();
  const row = { name, state: 'passed', passed: 0, failed: 0, ms: 0 };
  let text = '';
  try {
    const result = await work();
    const { passed = 0, failed = 0, text: said = '' } = typeof result === 'string' ? { text: result } : result;
    Object.assign(row, { passed, failed });
    text = said;
    if (row.failed > 0) row.state = 'failed';
  } catch (error) {
    row.state = error instanceof Skipped ? 'skipped' : 'failed';
    if (row.state === 'failed' && row.failed === 0) row.failed = 1;
    text = error instanceof Skipped ? `skipped: ${error.message}` : error.message;
  }
  row.ms = Date.now() - start;
  return [row, text];
}

function summary(rows, ms) {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log('');
  for (const { name, state, passed, failed, ms: took } of rows) {
    const count = passed + failed > 0 ? `${passed} passed, ${failed} failed` : '';
    console.log(`${name.padEnd(width)}  ${state.padEnd(7)}  ${minutes(took).padStart(8)}  ${count}`.trimEnd());
  }
  console.log(`${'total'.padEnd(width)}  ${''.padEnd(7)}  ${minutes(ms).padStart(8)}`);
}

/** Tests counted by earlier runs with these names. */
export function counts(reports) {
  const rows = reports.flatMap((report) => JSON.parse(readFileSync(at('build', `${report}.json`), 'utf8')));
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}
