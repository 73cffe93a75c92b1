import type { Cursor } from './cursor.js';

const declarations: ReadonlySet<string> = new Set(['use', 'fn', 'every', 'on', 'behaviour']);
/** Words that open a declaration only before another word; else they are names. */
const contextual: ReadonlySet<string> = new Set([
  'retain',
  'param',
  'message',
  'publish',
  'subscribe',
  'machine',
  'test',
  'enum',
  'struct',
]);

/**
 * True if the next token can only begin something at the top level and stands at the left margin: a block that is still
 * open here lacks its bracket.
 */
export function opensTopLevel(c: Cursor): boolean {
  const token = c.peek();
  if (!token.opensLine || token.kind !== 'word') return false;
  const margin = c.column() === 0;
  return margin && (declarations.has(token.text) || isContextual(c));
}

/** A contextual word that opens a declaration here. */
export function isContextual(c: Cursor): boolean {
  const next = c.peek(1);
  const named = next.kind === 'word' || (c.is('test') && next.kind === 'string');
  return contextual.has(c.peek().text) && named && !next.opensLine;
}
