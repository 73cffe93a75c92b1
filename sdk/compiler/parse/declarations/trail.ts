import type { Trail } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';
import { eventRef } from '../statements/sequence.js';
import { clauses } from './use.js';

/** `every 10ms catchup(3) { … }`. */
export function everyTrail(c: Cursor): Trail {
  const start = c.take().span;
  if (c.is('{')) c.missing('a period, like `500ms`', 'after `every`');
  const period = c.is('{') ? ({ kind: 'bad', span: c.peek().span } as const) : expression(c);
  const options = clauses(c);
  const head = c.since(start);
  const body = block(c, 'after the period');
  return { kind: 'every', period, clauses: options, body, head, span: c.since(start) };
}

/** `on button.press { … }`. */
export function onTrail(c: Cursor): Trail {
  const start = c.take().span;
  const event = eventRef(c);
  const head = c.since(start);
  const body = block(c, 'after the event');
  return { kind: 'on', event, body, head, span: c.since(start) };
}
