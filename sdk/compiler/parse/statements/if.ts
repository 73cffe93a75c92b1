import { join } from '../../span.js';
import type { Block, Expression, IfStatement } from '../ast.js';
import { block } from '../block.js';
import type { Cursor } from '../cursor.js';
import { expression } from '../expression.js';

/** `if condition { … } else if … else { … }`. */
export function ifStatement(c: Cursor): IfStatement {
  const start = c.take().span;
  const condition = compared(c);
  const then = block(c, 'after the condition');
  const rest = c.eat('else') ? alternative(c) : undefined;
  return { kind: 'if', condition, then, ...(rest && { otherwise: rest }), span: c.since(start) };
}

/** The condition; `x = 3` is read as if it compared. */
function compared(c: Cursor): Expression {
  const left = expression(c);
  const { span: at } = c.peek();
  if (!c.eat('=')) return left;
  c.report('T0116', at, {}, { edit: { span: at, text: '==' } });
  const right = expression(c);
  return { kind: 'binary', operator: '==', left, right, at, span: join(left.span, right.span) };
}

function alternative(c: Cursor): Block {
  if (!c.is('if')) return block(c, 'after `else`');
  return c.deeper(
    () => {
      const nested = ifStatement(c);
      return { statements: [nested], span: nested.span };
    },
    () => ({ statements: [], span: c.last().span }),
  );
}
