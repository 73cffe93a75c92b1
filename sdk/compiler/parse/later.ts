import type { Cursor } from './cursor.js';
import { wordAt } from './top.js';
import type { Word } from './words.js';

/**
 * Reports and skips a form that this version knows only by name. When it comes, it gets a file beside its siblings in
 * statements/ or declarations/, and its row in words.ts a parser.
 */
export function later(c: Cursor): boolean {
  const word = wordAt(c);
  if (!word?.later || !follows(c, word.later)) return false;
  const { text, span } = c.peek();
  c.report('T0190', span, { word: text }, word.cure === undefined ? {} : { fix: word.cure });
  skipForm(c);
  return true;
}

function follows(c: Cursor, what: NonNullable<Word['later']>): boolean {
  const next = c.peek(1);
  switch (what) {
    case 'block':
      return c.is('{', 1);
    case 'word':
      return next.kind === 'word' && !next.opensLine;
    case 'text':
      return next.kind === 'string';
    case 'anything':
      return !c.is('=', 1) && !c.is('.', 1);
  }
}

/** Skips the line, its block, and the blocks chained to it by `or`, `finally` or `else`. */
function skipForm(c: Cursor): void {
  c.take();
  for (;;) {
    while (!c.is('{') && !c.is('}') && !c.peek().opensLine && !c.isKind('end')) c.take();
    if (!c.is('{')) return;
    skipBraces(c);
    if (!wordAt(c)?.chains) return;
    c.take();
  }
}

function skipBraces(c: Cursor): void {
  let depth = 0;
  do {
    if (c.is('{')) depth++;
    if (c.is('}')) depth--;
    c.take();
  } while (depth > 0 && !c.isKind('end'));
}
