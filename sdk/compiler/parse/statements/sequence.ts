import type { AwaitStatement, EventRef, LoopStatement, SleepStatement } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

/** `loop { … }`: a trail at the top level. */
export function loopStatement(c: Cursor): LoopStatement {
  const head = c.take().span;
  const body = block(c, 'after `loop`');
  return { kind: 'loop', body, head, span: c.since(head) };
}

/** `await button.press`. */
export function awaitStatement(c: Cursor): AwaitStatement {
  const start = c.take().span;
  const event = eventRef(c);
  if (c.is('within')) c.report('T0190', c.peek().span, { word: 'await … within' });
  return { kind: 'await', event, span: c.since(start) };
}

/** `sleep 20ms`. */
export function sleepStatement(c: Cursor): SleepStatement {
  const start = c.take().span;
  const duration = expression(c);
  return { kind: 'sleep', duration, span: c.since(start) };
}

/** `button.press`, or a handle that has one event only. */
export function eventRef(c: Cursor): EventRef {
  const start = c.peek().span;
  const handle = c.name('an event, like `button.press`');
  const event = c.eat('.') ? c.name('the name of the event') : undefined;
  return { handle, ...(event && { event }), span: c.since(start) };
}
