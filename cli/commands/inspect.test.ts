/** `tars inspect --json` holds whatever the text prints, for every example. */
import { afterAll, expect, it } from 'vitest';
import { homePath } from '../home.js';
import { Desk, exampleNames } from '../testing/tars.js';

const desk = new Desk();
afterAll(() => desk.dispose());

/** Every text, number and key of a value. */
const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];

it.each(exampleNames)('%s: every cell, size, bound of the stack and line of code is there', async (name) => {
  const show = ['inspect', homePath(`examples/${name}`), '--text'];
  const [text, json] = await Promise.all([desk.tars(show), desk.tars([...show, '--json'])]);
  expect([text.exit, json.exit, text.err]).toEqual([0, 0, '']);
  const modules = JSON.parse(json.out) as { handles: unknown[]; entries: unknown[]; text: string }[];
  const numbered = Math.max(...modules.flatMap(({ handles, entries }) => [handles.length, entries.length]));
  const known = new Set([
    ...modules.flatMap(leaves),
    ...modules.flatMap((module) => module.text.split('\n').map((line) => line.trim())),
    ...Array.from({ length: numbered }, (_, index) => String(index)),
  ]);
  let cells = 0;
  for (const line of text.out.split('\n').map((each) => each.trim())) {
    if (known.has(line) || /^[A-Z]+ {2,}[A-Z]/.test(line)) continue;
    // Sentences around numbers; every other line is a row of a table.
    const [, ...said] = /^(.+): (\d+) bytes, (\d+) without custom sections, manifest (\d+)$/.exec(line) ??
      /^stack on a (?=microcontroller: at most (\d+) bytes$)/.exec(line) ?? ['', ...line.split(/ {2,}/)];
    for (const cell of said) {
      expect(known, line).toContain(cell);
      cells++;
    }
  }
  expect(cells).toBeGreaterThan(30);
});
