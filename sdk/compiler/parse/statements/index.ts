import type { Statement } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { constDeclaration } from '../declarations/const.js';
import { later } from '../later.js';
import { assignOrExpression } from './assign.js';
import { continueStatement, returnStatement } from './control.js';
import { forStatement } from './for.js';
import { ifStatement } from './if.js';
import { letStatement } from './let.js';
import { logStatement } from './log.js';
import { matchStatement } from './match.js';
import { awaitStatement, loopStatement, sleepStatement } from './sequence.js';

/** One row for each word that opens a statement. */
const table: Readonly<Record<string, (c: Cursor) => Statement>> = {
  let: letStatement,
  var: letStatement,
  const: constDeclaration,
  if: ifStatement,
  match: matchStatement,
  for: forStatement,
  loop: loopStatement,
  continue: continueStatement,
  return: returnStatement,
  log: logStatement,
  await: awaitStatement,
  sleep: sleepStatement,
};

/** Words of the top level, with what to say where a statement is expected. */
const misplaced: ReadonlySet<string> = new Set(['use', 'fn', 'every', 'on', 'behaviour']);

/** One statement; nothing if what stands there was reported and skipped. */
export function statement(c: Cursor): Statement | undefined {
  const token = c.peek();
  if (token.kind === 'word') {
    const row = Object.hasOwn(table, token.text) ? table[token.text] : undefined;
    if (row) return row(c);
    if (misplaced.has(token.text)) {
      c.report('T0104', token.span, { word: token.text });
      return undefined;
    }
    if (later(c)) return undefined;
  }
  return assignOrExpression(c);
}
