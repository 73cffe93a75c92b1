/**
 * Columns that a text takes on a terminal: East Asian characters and emoji take two, what is set over or under the
 * character before takes none. The default export stands in for the package `string-width` when the command line is
 * bundled: that one builds tables of grapheme segments as it is loaded, 50 ms of every start.
 */

/** Set on the character before: marks, and vowels and finals of Hangul that is written in parts. */
const JOINED = /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7ff]/u;

/** Wide by Unicode's table of East Asian widths; emoji are wide by their property. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Says that the character before is to be an emoji. */
const EMOJI = '\ufe0f';

/** A character with what is set on it, and the columns that it takes. */
export interface Glyph {
  readonly text: string;
  readonly width: number;
}

/** Splits a clean text where it may be cut. */
export function glyphs(text: string): Glyph[] {
  const found: { text: string; width: number }[] = [];
  for (const character of text) {
    const last = found.at(-1);
    if (last && JOINED.test(character)) {
      last.text += character;
      if (character === EMOJI) last.width = 2;
    } else found.push({ text: character, width: JOINED.test(character) ? 1 : WIDE.test(character) ? 2 : 1 });
  }
  return found;
}

/** Characters of which each takes a column. */
const PLAIN = /^[\x20-\x7e]*$/;
// eslint-disable-next-line no-control-regex -- ESC begins a colour code
const CODES = /(\x1b\[[0-9;]*m)/g;

/** Columns of a text, without its colour codes. */
export default function stringWidth(text: string): number {
  const shown = text.replace(CODES, '');
  return PLAIN.test(shown) ? shown.length : glyphs(shown).reduce((sum, { width }) => sum + width, 0);
}

/** The text with blanks behind it, so that it takes so many columns. */
export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));

/** Cuts a line to so many columns; colour codes take none and are ended. */
export function cut(line: string, columns: number): string {
  let left = columns;
  let shown = '';
  for (const part of line.split(CODES)) {
    if (part.startsWith('\x1b')) {
      shown += part;
      continue;
    }
    for (const { text, width } of glyphs(part)) {
      left -= width;
      if (left < 0) return shown + (line.includes('\x1b') ? '\x1b[0m' : '');
      shown += text;
    }
  }
  return shown;
}

/** Breaks a text into lines of at most so many columns, between words where it can. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = cutWord(word, columns);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** Pieces of a word that is too long for a line. */
function cutWord(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const { text, width } of glyphs(word)) {
    if (taken + width > columns && piece !== '') {
      pieces.push(piece);
      [piece, taken] = ['', 0];
    }
    piece += text;
    taken += width;
  }
  return [...pieces, piece];
}
