/** Where commands write. The one place that touches the standard streams, so that commands can be run by tests. */
import pc from 'picocolors';

export interface Terminal {
  /** A line of result. */
  out(line: string): void;
  /** A line about what happens: progress, notices, errors. Not part of the result. */
  note(line: string): void;
  /** Rewrites the last progress line; shows nothing where the error stream is no terminal. */
  progress(line: string): void;
  /** `--json`: results are JSON, one value a line, and nothing else is written to the output. */
  readonly json: boolean;
  /** True if the output is a screen that can be redrawn. */
  readonly screen: boolean;
  readonly columns: number;
  readonly color: typeof pc;
}

/** The standard streams. `color` is off with NO_COLOR, `--no-color` or without a terminal (picocolors decides). */
export function standardTerminal(json: boolean): Terminal {
  let pending = false;
  const note = (line: string): void => {
    if (pending) process.stderr.write('\r\x1b[K');
    pending = false;
    process.stderr.write(`${line}\n`);
  };
  return {
    json,
    screen: process.stdout.isTTY && !json,
    columns: process.stdout.columns || 100,
    color: pc,
    note,
    out(line) {
      if (pending) process.stderr.write('\r\x1b[K');
      pending = false;
      process.stdout.write(`${line}\n`);
    },
    progress(line) {
      if (!process.stderr.isTTY || json) return;
      // A line that wraps could not be rewritten.
      process.stderr.write(`\r\x1b[K${line.slice(0, Math.max(1, (process.stderr.columns || 100) - 1))}`);
      pending = line !== '';
    },
  };
}

/** Rows as aligned columns, two spaces apart; the first row is the heading. */
export function table(rows: readonly (readonly string[])[], color: typeof pc = pc): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0),
  );
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return index === 0 ? color.dim(line) : line;
  });
}
