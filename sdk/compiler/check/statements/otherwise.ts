import type * as ast from '../../parse/ast.js';
import { coerce } from '../coerce.js';
import type { Context } from '../context.js';
import { canFail, expression } from '../expressions/index.js';
import type { Expression, Otherwise } from '../program.js';
import type { Type } from '../types.js';
import { block, leaves } from './index.js';

/**
 * The `else` of a statement whose right side is `value`: there is one exactly if `value` can fail. `wants`: the type
 * that it must give unless it leaves the block, and the name that would have no value. Nothing after a report.
 */
export function otherwise(
  x: Context,
  value: Expression,
  node: ast.Otherwise | undefined,
  wants?: { type: Type; name: string; leave: boolean },
): { readonly otherwise?: Otherwise } | undefined {
  const failing = canFail(value);
  if (!node) {
    if (failing) reportMissing(x, value, wants?.leave === true);
    return failing ? undefined : {};
  }
  if (!failing) {
    x.bag.report('T0310', node.span, {}, { edit: { span: node.span, text: '' } });
    return undefined;
  }
  if (node.value) {
    if (!wants) {
      x.bag.report('T0315', node.value.span, {}, { fix: 'write a block: `else { … }`' });
      return undefined;
    }
    const alternative = coerce(x, expression(x, node.value), wants.type);
    return alternative && { otherwise: { body: [], value: alternative } };
  }
  const body = node.block ? block(x, node.block) : [];
  if (wants?.leave && !leaves(body))
    x.bag.report(
      'T0316',
      node.span,
      { name: wants.name },
      leaving(x) === undefined ? { fix: 'write `else value`' } : {},
    );
  return { otherwise: { body } };
}

/**
 * What leaves the block where the statement stands; nothing in start-up code, nor in a function that must return a
 * value.
 */
function leaving(x: Context): string | undefined {
  const { kind, fn, fors } = x.place;
  if (fors > 0 || kind === 'tick' || kind === 'loop') return 'continue';
  return kind === 'fn' && !fn?.result ? 'return' : undefined;
}

/** `leave`: an `else` without a value must leave the block. */
function reportMissing(x: Context, value: Expression, leave: boolean): void {
  const way = leaving(x);
  const text = way === undefined ? ' else { }' : ` else { ${way} }`;
  const edit =
    way === undefined && leave ? {} : { edit: { span: { start: value.span.end, end: value.span.end }, text } };
  if (value.kind === 'host') {
    const reason = `\`${value.call.method ?? value.call.name}\` returns an error: ${value.call.errors.join(', ')}`;
    x.bag.report(
      'T0309',
      value.span,
      { what: 'call', reason },
      { fix: 'say what happens then: `else { … }` or `else value`', ...edit },
    );
  } else
    x.bag.report(
      'T0309',
      value.span,
      { what: 'division', reason: 'the divisor may be 0' },
      { fix: 'say what happens then: `else { … }` or `else value`', ...edit },
    );
}
