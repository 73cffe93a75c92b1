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
