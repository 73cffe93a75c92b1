import type { Statement } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { later } from '../later.js';
import { opensMisspelled, wordAt } from '../top.js';
import { assignOrExpression } from './assign.js';

/** One statement; nothing if what stands there was reported and skipped. */
export function statement(c: Cursor): Statement | undefined {
  opensMisspelled(c);
  const word = wordAt(c);
  if (word?.statement) return word.statement(c);
  if (word?.top && word.reserved) {
    const { text, span } = c.peek();
    c.report('T0104', span, { word: text });
    return undefined;
  }
  return later(c) ? undefined : assignOrExpression(c);
}
