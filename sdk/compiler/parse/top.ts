import { nearest } from '../diagnostics.js';
import type { Cursor } from './cursor.js';
import { isReserved, words } from './words.js';
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
  // A number stands where a name is forgotten or begins with a digit.
  const named = next.kind === 'word' || next.kind === 'number' || (word.later === 'text' && next.kind === 'string');
  return word.reserved === true || (named && !next.opensLine);
}

const openers = (): string[] =>
  [...words].filter(([, row]) => row.item ?? row.statement ?? row.later).map(([text]) => text);
/** Shortest word that may be another one with a letter wrong, missing or too many: shorter ones are like too many. */
const SHORTEST = 4;

/** Reads the next token as the word of the language that was meant, and says so. */
export function misspelled(c: Cursor, right: string): void {
  const { text, span } = c.peek();
  c.report('T0119', span, { word: text, right }, { edit: { span, text: right } });
  c.meant(right, isReserved(right));
}

/** The same for `Every 1s` or `evry 1s`: an unknown word that stands where only a word of the language can. */
export function opensMisspelled(c: Cursor): void {
  const { kind, text } = c.peek();
  const next = c.peek(1);
  const opens = next.kind === 'word' || next.kind === 'number' || next.kind === 'string';
  if (kind !== 'word' || words.has(text) || !opens || next.opensLine) return;
  const small = text.toLowerCase();
  const right = openers().includes(small) ? small : text.length < SHORTEST ? undefined : nearest(text, openers());
  if (right !== undefined) misspelled(c, right);
}
