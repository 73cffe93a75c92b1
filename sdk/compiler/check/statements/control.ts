import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import { settle } from '../coerce.js';
import { expression, valueOfType } from '../expressions/index.js';
import type { Statement } from '../program.js';
import { typeText } from '../types.js';

/** `continue` of a `for`, a tick or a loop. */
export function continues(x: Context, node: ast.ContinueStatement): Statement | undefined {
  const { kind, fors } = x.place;
  if (fors > 0 || kind === 'tick' || kind === 'loop') return { kind: 'continue', span: node.span };
  x.bag.report('T0403', node.span, {}, kind === 'fn' ? { fix: 'write `return`' } : {});
  return undefined;
}

/** `return value` of a function. */
export function returns(x: Context, node: ast.ReturnStatement): Statement | undefined {
  const { fn } = x.place;
  if (!fn) {
    x.bag.report('T0404', node.span);
    return undefined;
  }
  if (!node.value) {
    if (!fn.result) return { kind: 'return', span: node.span };
    x.bag.report('T0327', node.span, { name: fn.name, type: typeText(fn.result) });
    return undefined;
  }
  if (!fn.result) {
    const found = settle(x, expression(x, node.value));
    x.bag.report('T0328', node.span, { name: fn.name, type: found ? typeText(found.type) : 'i32' });
    return undefined;
  }
  const value = valueOfType(x, node.value, fn.result);
  return value && { kind: 'return', value, span: node.span };
}
