import type { ContinueStatement, ReturnStatement } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

/** `continue`. */
export function continueStatement(c: Cursor): ContinueStatement {
  return { kind: 'continue', span: c.take().span };
}

/** `return`, `return value`. */
export function returnStatement(c: Cursor): ReturnStatement {
  const start = c.take().span;
  const ends = c.is('}') || c.is(';') || c.isKind('end') || !c.continues();
  return ends ? { kind: 'return', span: start } : { kind: 'return', value: expression(c), span: c.since(start) };
}
