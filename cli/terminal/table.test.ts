import { eastAsianWidth } from 'get-east-asian-width';
import { describe, expect, it } from 'vitest';
import { printable } from '../../sdk/compiler/printable.js';
import { Random } from '../../sdk/model/random.js';
import { table } from './table.js';
import type { Colors } from './terminal.js';
import stringWidth, { cut, glyphs, padTo, wrap } from './width.js';

const same = (text: string): string => text;
const color: Colors = { bold: same, dim: same, red: same, green: same, blue: same, cyan: same, yellow: same };
const at = (columns: number): Parameters<typeof table>[1] => ({ color, columns, screen: true });

/** Letters, blanks, wide characters, marks, emoji, and what must not reach a terminal. */
const LETTERS = [
  ...'abcdefghij',
  ' ',
  ' ',
  '漢',
  '字',
  '한',
  '\u0301',
  '\u0308',
  '🙂',
  '🇩',
  '\ufe0f',
  '\x1b',
  '\u200d',
  '\u202e',
];

describe('the width of a text', () => {
  it('is that of the Unicode table of East Asian widths, for every character', () => {
    const wrong: string[] = [];
    for (let code = 0x20; code < 0x110000; code++) {
      const character = String.fromCodePoint(code);
      // What is hidden, joined or not assigned; halves of flags are counted as emoji.
      if (/[\p{C}\p{Zl}\p{Zp}\p{Mn}\p{Me}\p{Regional_Indicator}\u1160-\u11ff\ud7b0-\ud7ff]/u.test(character)) continue;
      if (stringWidth(character) !== eastAsianWidth(code)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('counts marks with their letter, and no colour codes', () => {
    expect(stringWidth('e\u0301a')).toBe(2);
    expect(stringWidth('\x1b[31m漢字\x1b[0m')).toBe(4);
    expect(glyphs('e\u0301漢').map(({ text }) => text)).toEqual(['e\u0301', '漢']);
    expect(padTo('漢', 4)).toBe('漢  ');
  });

  it('is what is left of a line that is cut', () => {
    expect(cut('漢字漢字', 5)).toBe('漢字');
    expect(cut('\x1b[1mabc\x1b[0m', 2)).toBe('\x1b[1mab\x1b[0m');
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  });
});

describe('a table', () => {
  const random = new Random(27);
  const text = (most: number): string =>
    Array.from({ length: random.between(0, most) }, () => random.pick(LETTERS)).join('');
  const characters = (cells: readonly string[]): string[] => [...cells.map(printable).join('').replaceAll(' ', '')];

  it('is never wider than the terminal, and leaves nothing out', () => {
    const count = (texts: readonly string[]): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const character of characters(texts)) counts.set(character, (counts.get(character) ?? 0) + 1);
      return counts;
    };
    for (let run = 0; run < 500; run++) {
      const indent = random.pick(['', '  ']);
      const columns = random.between(12 + indent.length, 140);
      const names = Array.from(
        { length: random.between(1, 12) },
        (_, index) => `H${index}${'X'.repeat(random.between(0, 9))}`,
      );
      const rows = Array.from({ length: random.between(0, 4) }, () => names.map(() => text(random.pick([3, 10, 60]))));
      const lines = table([names, ...rows], at(columns), indent);
      expect(Math.max(...lines.map(stringWidth))).toBeLessThanOrEqual(columns);
      const shown = count(lines);
      for (const [character, times] of count(rows.flat()))
        if ((shown.get(character) ?? 0) < times) expect.fail(`${JSON.stringify(character)} is left out`);
    }
  });

  it('is aligned where it fits, and one line a row where nobody looks', () => {
    const rows = [
      ['NAME', 'WHAT'],
      ['漢字', 'short'],
      ['a', `${'x '.repeat(20)}end`],
    ];
    expect(table(rows.slice(0, 2), at(40))).toEqual(['NAME  WHAT', '漢字  short']);
    expect(table(rows, { ...at(40), screen: false })).toEqual([
      'NAME  WHAT',
      '漢字  short',
      `a     ${'x '.repeat(20)}end`,
    ]);
    expect(table(rows, at(40))).toEqual([
      'NAME  WHAT',
      '漢字  short',
      `a     ${'x '.repeat(17).trim()}`,
      `      ${'x '.repeat(3)}end`,
    ]);
  });

  it('becomes a list of each row where columns would be too narrow', () => {
    const rows = [
      ['BEHAVIOUR', 'REACTIONS', 'OVERRUNS', 'LONGEST'],
      ['blink', '12', '', '40 us'],
      ['kf', '7', '1', '90 us'],
    ];
    expect(table(rows, at(36), '  ')).toEqual([
      '  BEHAVIOUR  blink',
      '  REACTIONS  12',
      '  LONGEST    40 us',
      '',
      '  BEHAVIOUR  kf',
      '  REACTIONS  7',
      '  OVERRUNS   1',
      '  LONGEST    90 us',
    ]);
  });
});
