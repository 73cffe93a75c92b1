/**
 * Where commands write. The one place that touches the standard streams, so that commands can be run by tests; and the
 * one that cleans what is written: boards, brokers, modules and sources must not speak to the terminal themselves.
 */
import picocolors from 'picocolors';
import { printable } from '../../sdk/compiler/printable.js';
import { cut } from './width.js';

export type Color = (text: string) => string;
export type Colors = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'blue' | 'cyan' | 'yellow', Color>>;

export interface Terminal {
  /** A line of result. */
  out(line: string): void;
  /** A line about what happens: progress, notices, errors. Not part of the result. */
  note(line: string): void;
  /** Rewrites the last progress line; shows nothing where the error stream is no terminal. */
  progress(line: string): void;
  /** Rewrites the picture that was drawn last; only where the output is a screen. */
  draw(lines: readonly string[]): void;
  /** `--json`: results are JSON, one value a line, and nothing else is written to the output. */
  readonly json: boolean;
  /** True if the output is a screen that can be redrawn. */
  readonly screen: boolean;
  readonly columns: number;
  readonly color: Colors;
}

/**
 * Stands for the escape character of our own colours until a line is written. Private characters, chosen anew for each
 * process: what others write can't know them, so its escape characters stay visible text.
 */
const ESCAPE = Array.from({ length: 4 }, () => String.fromCharCode(0xe000 + Math.floor(Math.random() * 6400))).join('');

/** A line as it is written: cleaned, in our colours. */
const clean = (line: string): string => printable(line).replaceAll(ESCAPE, '\x1b');

const paint =
  (color: Color): Color =>
  (text) =>
    color(printable(text)).replaceAll('\x1b', ESCAPE);

/** Off with NO_COLOR, `--no-color` or without a terminal (picocolors decides), and with `--color=false`. */
const pc = picocolors.createColors(picocolors.isColorSupported && !process.argv.includes('--color=false'));
const colors: Colors = {
  bold: paint(pc.bold),
  dim: paint(pc.dim),
  red: paint(pc.red),
  green: paint(pc.green),
  blue: paint(pc.blue),
  cyan: paint(pc.cyan),
  yellow: paint(pc.yellow),
};

/** The standard streams. */
export function standardTerminal(json: boolean): Terminal {
  let pending = false;
  let drawn = 0;
  let drawnOn = '';
  const endProgress = (): void => {
    if (pending) process.stderr.write('\r\x1b[K');
    pending = false;
  };
  const columns = (): number => process.stdout.columns || 100;
  return {
    json,
    screen: process.stdout.isTTY && !json,
    get columns() {
      return columns();
    },
    color: colors,
    note(line) {
      endProgress();
      process.stderr.write(`${clean(line)}\n`);
    },
    out(line) {
      endProgress();
      process.stdout.write(`${clean(line)}\n`);
    },
    progress(line) {
      if (!process.stderr.isTTY || json) return;
      // A line that wraps could not be rewritten.
      process.stderr.write(`\r\x1b[K${cut(clean(line), Math.max(1, (process.stderr.columns || 100) - 1))}`);
      pending = line !== '';
    },
    draw(lines) {
      const [width, rows] = [columns(), process.stdout.rows || 40];
      const shown = lines.slice(0, rows - 1);
      // A terminal that was resized may have laid out the last picture anew: nobody knows where it begins.
      const start = drawnOn === `${width} ${rows}` ? `\x1b[${drawn}A` : '\x1b[2J\x1b[H';
      const up = drawn > 0 ? start : '';
      process.stdout.write(`${up}${shown.map((line) => `${cut(clean(line), width)}\x1b[K\n`).join('')}\x1b[J`);
      drawn = shown.length;
      drawnOn = `${width} ${rows}`;
    },
  };
}
