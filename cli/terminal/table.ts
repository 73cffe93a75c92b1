/**
 * Tables: rows as aligned columns. On a terminal that is too narrow for them cells are broken into lines between words,
 * and where that is not enough, each row becomes a list of its headings with their values. Nothing is left out. Into a
 * file or a pipe a row is always one line.
 */
import { printable } from '../../sdk/compiler/printable.js';
import type { Terminal } from './terminal.js';
import stringWidth, { padTo, wrap } from './width.js';

const GAP = '  ';
/** Columns of a value beside its heading, at least. */
const LEAST = 8;
/** A narrower terminal is taken to be so wide. */
const NARROWEST = 12;

type Place = Pick<Terminal, 'color' | 'columns' | 'screen'>;
type Rows = readonly (readonly string[])[];

/** Lines of a table; the first row is the heading. Cells are plain texts, which are cleaned here. */
export function table(given: Rows, { color, columns, screen }: Place, indent = ''): string[] {
  const heading = given[0] ?? [];
  const rows = given.map((row) => heading.map((_, column) => printable(row[column] ?? '')));
  const room = screen ? Math.max(NARROWEST, columns - indent.length) : Infinity;
  const widths = fit(widthsOf(rows, whole), widthsOf(rows, longestWord), room);
  const lines = widths
    ? rows.flatMap((row, index) => aligned(row, widths).map((line) => (index === 0 ? color.dim(line) : line)))
    : records(rows, room, color);
  return lines.map((line) => (line === '' ? '' : indent + line));
}

const whole = stringWidth;
const longestWord = (cell: string): number => Math.max(...cell.split(' ').map(stringWidth));

const widthsOf = (rows: Rows, of: (cell: string) => number): number[] =>
  (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, of(row[column] ?? '')), 0));

const sum = (widths: readonly number[]): number =>
  widths.reduce((all, width) => all + width, GAP.length * Math.max(0, widths.length - 1));

/** Widths that fit: the widest columns give first, but none less than its `least`; undefined if that isn't enough. */
function fit(widths: readonly number[], least: readonly number[], room: number): readonly number[] | undefined {
  const atMost = (most: number): number[] =>
    widths.map((width, column) => Math.min(width, Math.max(most, least[column] ?? 0)));
  let most = Math.max(0, ...widths);
  while (sum(atMost(most)) > room && most > 0) most--;
  const found = atMost(most);
  return sum(found) <= room ? found : undefined;
}

/** One row, whose cells may have several lines. */
function aligned(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0));
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, column) => padTo(cell[line] ?? '', widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** Each row as lines of heading and value, with an empty line between rows; empty values are not shown. */
function records([heading = [], ...rows]: Rows, room: number, color: Terminal['color']): string[] {
  const names = Math.max(0, ...heading.map((name) => stringWidth(name)));
  const beside = room - names - GAP.length >= LEAST;
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [''] : []),
    ...row.flatMap((cell, column) => {
      if (cell === '') return [];
      const name = heading[column] ?? '';
      if (!beside)
        return [
          ...wrap(name, room).map((line) => color.dim(line)),
          ...wrap(cell, room - GAP.length).map((line) => GAP + line),
        ];
      return wrap(cell, room - names - GAP.length).map(
        (line, at) => color.dim(padTo(at === 0 ? name : '', names)) + GAP + line,
      );
    }),
  ]);
}
