import type { Block, Expression, MatchArm, MatchStatement } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression, PATTERN } from '../expression.js';
import { statement } from './index.js';

/** `match subject { 0 => …  1 | 4 ..= 6 => { … }  _ => … }`. */
export function matchStatement(c: Cursor): MatchStatement {
  const start = c.take().span;
  const subject = expression(c);
  const arms: MatchArm[] = [];
  if (c.expect('{', 'after the value of `match`')) {
    const open = c.last().span;
    while (!c.is('}') && !c.isKind('end')) {
      if (c.eat(',') || c.eat(';')) continue;
      c.settle();
      const before = c.index;
      arms.push(c.within(false, () => arm(c)));
      if (c.panicking) c.skipStatement();
      if (c.index === before) c.take();
    }
    if (!c.eat('}')) {
      c.report(
        'T0102',
        { start: c.last().span.end, end: c.last().span.end },
        { where: 'after the value of `match`' },
        { notes: [{ span: open, text: 'opened here' }] },
      );
    }
  }
  return { kind: 'match', subject, arms, span: c.since(start) };
}

function arm(c: Cursor): MatchArm {
  const start = c.peek().span;
  const patterns: { low: Expression; high?: Expression }[] = [];
  if (!(c.is('_') && c.is('=>', 1))) {
    do {
      const low = c.opening(() => expression(c, PATTERN));
      const high = c.eat('..=') ? expression(c, PATTERN) : undefined;
      patterns.push({ low, ...(high && { high }) });
    } while (c.eat('|'));
  } else c.take();
  c.expect('=>', 'after the pattern');
  return { patterns, body: body(c), span: c.since(start) };
}

function body(c: Cursor): Block {
  if (c.is('{')) return block(c, 'after `=>`');
  const read = c.deeper(
    () => statement(c),
    () => undefined,
  );
  return { statements: read ? [read] : [], span: read?.span ?? c.last().span };
}
