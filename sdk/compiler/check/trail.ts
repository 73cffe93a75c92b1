import type * as ast from '../parse/ast.js';
import type { Context, Place } from './context.js';
import { catchup } from './declarations/clauses.js';
import { resolveEvent } from './events.js';
import { constant } from './expressions/index.js';
import { countWaits } from './children.js';
import { checkWaits } from './flow.js';
import type { Event } from './program.js';
import { sequence } from './statements/index.js';
import { DURATION } from './types.js';

/** Places where one loop may wait: a set of them is 32 bits of the module. */
const MAX_WAITS = 32;

/** Checks a trail and adds it to the program. */
export function trail(x: Context, node: ast.Trail): void {
  switch (node.kind) {
    case 'loop':
      return loop(x, node);
    case 'every':
      return tick(x, node, period(x, node));
    case 'on':
      return tick(x, node, resolveEvent(x, node.event));
  }
}

function tick(x: Context, node: Exclude<ast.Trail, ast.LoopStatement>, event: Event | undefined): void {
  const own = event && 'source' in event && event.source.kind !== 'every' ? event.source : undefined;
  const place: Place = { kind: 'tick', fors: 0, ...(own && { event: own }) };
  const body = x.at(place, () => sequence(x, node.body.statements));
  if (event) x.trails.push({ kind: 'tick', event, body, span: node.head });
}

function period(x: Context, node: ast.Trail & { kind: 'every' }): Event | undefined {
  const value = constant(x, node.period, DURATION, 'a period');
  const late = catchup(x, node.clauses);
  if (value === undefined || late === undefined) return undefined;
  const least = x.board.floors?.periodUs ?? 1;
  if (value < least) {
    x.bag.report('T0329', node.period.span, { value: String(value), least, board: x.board.name });
    return undefined;
  }
  return { source: x.source({ kind: 'every', period: BigInt(value), catchup: late }) };
}

function loop(x: Context, node: ast.LoopStatement): void {
  const place: Place = { kind: 'loop', fors: 0 };
  const body = x.at(place, () => sequence(x, node.body.statements));
  // What could not be read may have waited.
  const whole = !x.bag.list.some((each) => each.span.start >= node.span.start && each.span.end <= node.span.end);
  if (whole) checkWaits(x, body, node.head);
  const count = countWaits(body);
  if (count > MAX_WAITS) x.bag.report('T0503', node.head, { count, limit: MAX_WAITS });
  x.trails.push({ kind: 'loop', ...(place.timer && { timer: place.timer }), body, span: node.head });
}
