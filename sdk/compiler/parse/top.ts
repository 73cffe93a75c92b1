import type { Cursor } from './cursor.js';
import { words } from './words.js';
import type { Word } from './words.js';

/** The row of the next token if that is a word of the language. */
export const wordAt = (c: Cursor): Word | undefined => (c.isKind('word') ? words.get(c.peek().text) : undefined);

/**
 * True if the next token can only begin something at the top level and stands at the left margin: a block that is still
 * open here lacks its bracket.
 */
export function opensTopLevel(c: Cursor): boolean {
  const word = wordAt(c);
  return word?.top === true && c.peek().opensLine && c.column() === 0 && opens(c, word);
}

/** True if the next token, a word of the language, is used as one: if it isn't reserved, what it names must follow. */
export function opens(c: Cursor, word: Word): boolean {
  const next = c.peek(1);
  const named = next.kind === 'word' || (word.later === 'text' && next.kind === 'string');
  return word.reserved === true || (named && !next.opensLine);
}
