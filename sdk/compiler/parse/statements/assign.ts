import type { AssignStatement, BinaryOperator, ExpressionStatement } from '../ast.js';
import { otherwise } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

const compound: ReadonlySet<string> = new Set([
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
  '+|=',
  '-|=',
]);

/** `x = value`, `x += value`, or an expression on its own: a call. */
export function assignOrExpression(c: Cursor): AssignStatement | ExpressionStatement {
  const start = c.peek().span;
  const stepped = stepping(c);
  if (stepped) return stepped;
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
  return {
    kind: 'assign',
    target,
    ...(operator && { operator }),
    value: right,
    ...(rest && { otherwise: rest }),
    span: c.since(start),
  };
}

/** `x++`, as other languages write it. */
function stepping(c: Cursor): ExpressionStatement | undefined {
  const [name, first, second, after] = [c.peek(), c.peek(1), c.peek(2), c.peek(3)];
  const twice =
    name.kind === 'word' &&
    (first.text === '+' || first.text === '-') &&
    second.text === first.text &&
    first.span.end === second.span.start;
  if (!twice || !(after.opensLine || after.kind === 'end' || after.text === '}' || after.text === ';'))
    return undefined;
  for (let i = 0; i < 3; i++) c.take();
  const span = c.since(name.span);
  const edit = { span, text: `${name.text} ${first.text}= 1` };
  c.report('T0115', span, { operator: first.text + second.text, name: name.text, half: first.text }, { edit });
  return { kind: 'expression', value: { kind: 'bad', span }, span };
}

// A statement begins on a line of its own, which an expression otherwise doesn't accept.
const first = (c: Cursor): ExpressionStatement['value'] => c.opening(() => expression(c));
