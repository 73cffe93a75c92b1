import type { Cursor } from './cursor.js';

/**
 * The forms that come next. They are recognised so that the message names them; each gets a file beside its siblings
 * and its row in `later` goes away: `race`, `all` and `finally` in statements/, `machine`, `test`, `enum`, `struct`,
 * `store` and `child` in declarations/.
 */
const blocks: ReadonlySet<string> = new Set(['race', 'all', 'finally', 'migrate']);
const named: ReadonlySet<string> = new Set([
  'machine',
  'enum',
  'struct',
  'store',
  'child',
  'state',
  'service',
  'native',
]);

/** Reports and skips a form that this version knows only by name. */
export function later(c: Cursor): boolean {
  const { text, span } = c.peek();
  const next = c.peek(1);
  const opens = (blocks.has(text) && c.is('{', 1)) || (named.has(text) && next.kind === 'word' && !next.opensLine);
  const test = text === 'test' && next.kind === 'string';
  const words =
    (text === 'try' || text === 'break' || text === 'while' || text === 'stopwatch') && !c.is('=', 1) && !c.is('.', 1);
  if (!opens && !test && !words) return false;
  c.report(
    'T0190',
    span,
    { word: text },
    text === 'while' ? { fix: 'count with `for i in 0 ..= 9 { … }`, or wait with `loop { await … }`' } : {},
  );
  skipForm(c);
  return true;
}

/** Skips the line, its block, and the blocks chained to it by `or`, `finally` or `else`. */
function skipForm(c: Cursor): void {
  c.take();
  for (;;) {
    while (!c.is('{') && !c.is('}') && !c.peek().opensLine && !c.isKind('end')) c.take();
    if (!c.is('{')) return;
    skipBraces(c);
    if (!c.is('or') && !c.is('finally') && !c.is('else') && !c.is('and')) return;
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
