import { parseDecimal, rational } from '../rational.js';
import { join } from '../span.js';
import { unitNames } from '../units.js';
import type { Span } from '../span.js';
import type { Argument, BinaryOperator, Expression, Name, UnaryOperator } from './ast.js';
import type { Cursor } from './cursor.js';
import { unitRef } from './type.js';

/** Binding strength of the binary operators; all are left-associative, comparisons don't chain. */
const strength: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '<<': 7,
  '>>': 7,
  '+': 8,
  '-': 8,
  '+|': 8,
  '-|': 8,
  '*': 9,
  '/': 9,
  '%': 9,
};
const COMPARISON = 3;
/** Above `|`, which separates the patterns of a match arm. */
export const PATTERN = 5;
/** Deepest nesting of an expression: keeps the compiler's own stack small. */
const MAX_DEPTH = 64;
/** Most operators, members and calls inside each other. Those in a row nest to the left. */
const MAX_OPERATORS = 256;

/** An expression of operators that bind at least as strongly as `least`. */
export function expression(c: Cursor, least = 1, depth = 0): Expression {
  let left = unary(c, depth);
  let compared = false;
  for (;;) {
    if (c.height > MAX_OPERATORS) return tooHigh(c, c.peek().span, left.span);
    if (c.is('as') && c.continues()) {
      c.take();
      c.height++;
      const unit = unitRef(c);
      left = { kind: 'convert', operand: left, unit, span: join(left.span, unit.span) };
      continue;
    }
    const token = c.peek();
    const power = token.kind === 'symbol' ? strength[token.text] : undefined;
    if (power === undefined || power < least || !c.continues()) return left;
    const chained = power === COMPARISON && compared;
    if (chained) c.report('T0107', token.span, { operator: token.text });
    compared = power === COMPARISON;
    c.take();
    const { height } = c;
    const right = c.opening(() => expression(c, power + 1, depth + 1));
    c.height = Math.max(height, c.height) + 1;
    const span = join(left.span, right.span);
    left = chained
      ? { kind: 'bad', span }
      : { kind: 'binary', operator: token.text as BinaryOperator, left, right, at: token.span, span };
  }
}

function tooHigh(c: Cursor, at: Span, span: Span): Expression {
  c.report('T0109', at, { what: 'expression', most: MAX_OPERATORS });
  return { kind: 'bad', span };
}

function unary(c: Cursor, depth: number): Expression {
  const token = c.peek();
  if (depth > MAX_DEPTH) {
    c.report('T0109', token.span, { what: 'expression', most: MAX_DEPTH });
    return { kind: 'bad', span: token.span };
  }
  if (token.kind !== 'symbol' || !['-', '!', '~'].includes(token.text)) return postfix(c, depth);
  c.take();
  const operand = unary(c, depth + 1);
  c.height++;
  return { kind: 'unary', operator: token.text as UnaryOperator, operand, span: join(token.span, operand.span) };
}

function postfix(c: Cursor, depth: number): Expression {
  c.height = 0;
  let left = primary(c, depth);
  while (c.height <= MAX_OPERATORS) {
    if (c.is('.') && c.continues()) {
      c.take();
      c.height++;
      const name = memberName(c);
      left = { kind: 'member', object: left, name, span: join(left.span, name.span) };
    } else if (c.is('(') && c.continues() && left.kind !== 'number') {
      const { height } = c;
      const args = callArguments(c, depth + 1);
      c.height = Math.max(height, c.height) + 1;
      left = { kind: 'call', callee: left, args, span: c.since(left.span) };
    } else return left;
  }
  return tooHigh(c, left.span, left.span);
}

/** What follows a dot may be any word: `button.on` is only unknown, not wrong. */
function memberName(c: Cursor): Name {
  const token = c.peek();
  if (token.kind !== 'word' || token.opensLine) return c.name('a name');
  c.take();
  return { text: token.text, span: token.span };
}

/** `(1, reg: 2)`. */
export function callArguments(c: Cursor, depth = 0): Argument[] {
  const args: Argument[] = [];
  let height = 0;
  c.list('(', ')', 'in the argument list', () => {
    const named = c.isName() && c.is(':', 1);
    const name = named ? c.name('a name') : undefined;
    if (named) c.take();
    args.push({ ...(name && { name }), value: expression(c, 1, depth) });
    height = Math.max(height, c.height);
  });
  c.height = height;
  return args;
}

function primary(c: Cursor, depth: number): Expression {
  const token = c.peek();
  const { span } = token;
  if (!c.continues() && token.kind !== 'end') return nothing(c);
  if (token.kind === 'number') return number(c);
  if (token.kind === 'string') {
    c.take();
    return { kind: 'string', value: token.text, span };
  }
  if (c.is('true') || c.is('false')) return { kind: 'bool', value: c.take().text === 'true', span };
  if (c.isName() || c.is('board')) {
    c.take();
    return { kind: 'name', name: { text: token.text, span }, span };
  }
  if (c.eat('(')) {
    const inner = c.within(true, () => expression(c, 1, depth + 1));
    c.expect(')', 'after the expression');
    return inner.kind === 'bad' ? inner : { ...inner, span: c.since(span) };
  }
  if (c.is('{')) return record(c, depth);
  if (token.kind === 'word') {
    c.report('T0103', span, { word: token.text });
    if (!token.opensLine) c.take();
    return { kind: 'bad', span };
  }
  return nothing(c);
}

function nothing(c: Cursor): Expression {
  c.missing('a value', '');
  return { kind: 'bad', span: c.peek().span };
}

function number(c: Cursor): Expression {
  const token = c.take();
  const { span, text, unit } = token;
  const radix = /^0[xb]/.test(text);
  const decimal = !radix && /[.e]/i.test(text);
  const value = radix ? rational(BigInt(text)) : parseDecimal(text);
  const next = c.peek();
  if (!unit && next.kind === 'word' && c.continues() && unitNames.includes(next.text)) {
    const gap = { start: span.end, end: next.span.start };
    c.report('T0105', join(span, next.span), { number: text, unit: next.text }, { edit: { span: gap, text: '' } });
    c.take();
    return { kind: 'number', value, decimal, unit: { text: next.text, span: next.span }, span: join(span, next.span) };
  }
  return { kind: 'number', value, decimal, ...(unit && { unit }), span };
}

/** `{ x, p: 1 }`. */
function record(c: Cursor, depth: number): Expression {
  const start = c.peek().span;
  const fields: { name: Name; value: Expression }[] = [];
  c.list('{', '}', 'in the message', () => {
    const name = c.name('the name of a field');
    const value: Expression = c.eat(':') ? expression(c, 1, depth + 1) : { kind: 'name', name, span: name.span };
    fields.push({ name, value });
  });
  return { kind: 'record', fields, span: c.since(start) };
}
