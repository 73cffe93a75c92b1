import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { standardTerminal } from './terminal.js';

const { stderr } = process;
const before = { isTTY: stderr.isTTY, columns: stderr.columns };
beforeEach(() => void Object.assign(stderr, { isTTY: true, columns: 20 }));
afterEach(() => {
  Object.assign(stderr, before);
  vi.restoreAllMocks();
});

it('cuts progress to the width of the terminal: a line that wraps can not be rewritten', () => {
  const written: string[] = [];
  vi.spyOn(stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const terminal = standardTerminal(false);
  terminal.progress('x'.repeat(50));
  terminal.note('a note of any length, which is not cut');
  expect(written).toEqual([`\r\x1b[K${'x'.repeat(19)}`, '\r\x1b[K', 'a note of any length, which is not cut\n']);
});

it('draws anew on a terminal that was resized: where the last picture begins there is not known', () => {
  const { stdout } = process;
  const size = { columns: stdout.columns, rows: stdout.rows };
  const written: string[] = [];
  vi.spyOn(stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const terminal = standardTerminal(false);
    const draw = (columns: number, rows: number): string => {
      Object.assign(stdout, { columns, rows });
      terminal.draw(['x'.repeat(50), 'y']);
      return written.at(-1) ?? '';
    };
    expect(draw(40, 10)).toBe(`${'x'.repeat(40)}\x1b[K\ny\x1b[K\n\x1b[J`);
    expect(draw(40, 10)).toContain('\x1b[2A');
    expect(draw(20, 10)).toBe(`\x1b[2J\x1b[H${'x'.repeat(20)}\x1b[K\ny\x1b[K\n\x1b[J`);
    expect(draw(20, 2)).toBe(`\x1b[2J\x1b[H${'x'.repeat(20)}\x1b[K\n\x1b[J`);
    expect(draw(60, 2)).toContain(`\x1b[H${'x'.repeat(50)}\x1b[K`);
  } finally {
    Object.assign(stdout, size);
  }
});
