import { join } from '../../span.js';
import type { Clause, Expression, Name, ResourceRef, UseDeclaration } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { callArguments, expression } from '../expression.js';

/** `use servo: pwm.pulse = board.SERVO1 at 50Hz safe 1500us in 1000us ..= 2000us`. */
export function useDeclaration(c: Cursor): UseDeclaration {
  const start = c.take().span;
  const name = c.newName('a name');
  c.expect(':', 'and the kind of the handle');
  const handle = kind(c);
  if (c.is('board') || c.is('pin')) c.missing('`=`', 'before the resource');
  const resource = c.eat('=') || c.is('board') || c.is('pin') ? resourceRef(c) : undefined;
  return { kind: 'use', name, handle, ...(resource && { resource }), clauses: clauses(c), span: c.since(start) };
}

/** `gpio.out`, `i2c`. */
function kind(c: Cursor): Name {
  const first = c.name('a kind, like `gpio.out`');
  if (!c.eat('.')) return first;
  const second = c.name('the second part of the kind');
  return { text: `${first.text}.${second.text}`, span: join(first.span, second.span) };
}

/** A wrong one stands as an empty name. */
function resourceRef(c: Cursor): ResourceRef {
  const start = c.peek().span;
  if (c.eat('board')) {
    c.expect('.', 'after `board`');
    const name = c.name("the board's name of the resource");
    const options = c.is('(') && c.continues() ? callArguments(c) : [];
    return { name, options, span: c.since(start) };
  }
  if (c.is('pin') && c.is('(', 1)) {
    c.take();
    const [first, ...options] = callArguments(c);
    if (first?.value.kind === 'string' && !first.name) {
      const { value: text, span } = first.value;
      return { name: { text, span }, options, span: c.since(start) };
    }
    c.report('T0111', c.since(start));
    return { name: { text: '', span: start }, options: [], span: c.since(start) };
  }
  c.report('T0111', start);
  return { name: { text: '', span: start }, options: [], span: start };
}

/** Words with values up to the end of the line: `at 0x48 max 400kHz`, `in a ..= b`, `queue 4`, `catchup(3)`. */
export function clauses(c: Cursor): Clause[] {
  const list: Clause[] = [];
  while (c.isKind('word') && c.continues()) {
    const token = c.take();
    const values: Expression[] = [expression(c)];
    if (c.eat('..=')) values.push(expression(c));
    list.push({ word: { text: token.text, span: token.span }, values, span: c.since(token.span) });
  }
  return list;
}
