import type { Block, Otherwise, Statement } from './ast.js';
import type { Cursor } from './cursor.js';
import { expression } from './expression.js';
import { statement } from './statements/index.js';
import { opensTopLevel } from './top.js';

/** `{ … }` after `where`; a missing bracket is reported and read as well as it can be. */
export function block(c: Cursor, where: string): Block {
  return c.deeper(
    () => braces(c, where),
    () => ({ statements: [], span: c.last().span }),
  );
}

function braces(c: Cursor, where: string): Block {
  const open = c.peek().span;
  if (!c.eat('{')) {
    c.missing('`{`', where);
    while (!c.is('{') && !c.peek().opensLine && !c.isKind('end') && !c.is('}')) c.take();
    if (!c.eat('{')) return { statements: [], span: c.since(c.last().span) };
  }
  const statements = c.within(false, () => sequence(c));
  if (!c.eat('}') && !c.lostText) {
    c.settle();
    c.report(
      'T0102',
      { start: c.last().span.end, end: c.last().span.end },
      { where },
      { notes: [{ span: open, text: 'opened here' }] },
    );
  }
  return { statements, span: c.since(open) };
}

function sequence(c: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (!c.is('}') && !c.isKind('end') && !opensTopLevel(c)) {
    if (c.eat(';')) continue;
    c.settle();
    const before = c.index;
    const read = statement(c);
    const broken = endStatement(c, before);
    if (read && !(broken && read.kind === 'expression')) statements.push(read);
  }
  return statements;
}

/**
 * After a statement comes a line end, `;` or `}`; anything else is reported and skipped. `before`: index where it
 * began. True if it was broken.
 */
export function endStatement(c: Cursor, before: number): boolean {
  const clean = c.is('}') || c.is(';') || c.isKind('end') || c.peek().opensLine;
  if (!clean) c.report('T0106', c.peek().span, { found: c.describe(c.peek()) });
  if (c.index === before) c.take();
  const broken = c.panicking;
  if (broken) c.skipStatement();
  return broken;
}

/** `else { … }` or `else value`, if it is there. */
export function otherwise(c: Cursor): Otherwise | undefined {
  const start = c.peek().span;
  if (!c.eat('else')) return undefined;
  if (c.is('{')) {
    const body = block(c, 'after `else`');
    return { block: body, span: c.since(start) };
  }
  const value = expression(c);
  return { value, span: c.since(start) };
}
