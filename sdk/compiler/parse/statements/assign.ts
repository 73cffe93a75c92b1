import type { AssignStatement, BinaryOperator, ExpressionStatement } from '../ast.js';
import { otherwise } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

const compound: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=', '+|=', '-|=']);

/** `x = value`, `x += value`, or an expression on its own: a call. */
export function assignOrExpression(c: Cursor): AssignStatement | ExpressionStatement {
  const start = c.peek().span;
  const value = c.within(false, () => first(c));
  const token = c.peek();
  const assigns = token.kind === 'symbol' && (token.text === '=' || compound.has(token.text)) && c.continues();
  if (!assigns) {
    const rest = otherwise(c);
    return { kind: 'expression', value, ...(rest && { otherwise: rest }), span: c.since(start) };
  }
  if (value.kind !== 'name') c.report('T0110', value.span);
  const target = value.kind === 'name' ? value.name : { text: '', span: value.span };
  c.take();
  const operator = token.text === '=' ? undefined : (token.text.slice(0, -1) as BinaryOperator);
  const right = expression(c);
  const rest = otherwise(c);
  return { kind: 'assign', target, ...(operator && { operator }), value: right, ...(rest && { otherwise: rest }), span: c.since(start) };
}

// A statement begins on a line of its own, which an expression otherwise doesn't accept.
const first = (c: Cursor): ExpressionStatement['value'] => c.opening(() => expression(c));
