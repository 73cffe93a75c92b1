import type { Expr, Func, Label, Stmt } from './ir.js';
import { eachExprIn, rewrite } from './walk.js';

/** Puts functions without parameters and result that are called at one place in place of their call. Gives the functions that are left. */
export function inlineOnce(entry: Func, others: readonly Func[]): readonly Func[] {
  const left: Func[] = [];
  for (const func of others) {
    const calls = callsOf(entry, func) + others.reduce((sum, other) => sum + callsOf(other, func), 0);
    const single = calls === 1 && callsOf(entry, func) === 1 && func.params.length === 0 && func.result === undefined;
    if (single)
      entry.body = rewrite(entry.body, {
        stmts: (list) => list.flatMap((s) => (isCall(s, func) ? [inPlace(func)] : [s])),
      });
    else if (calls > 0) left.push(func);
  }
  return left;
}

const calls = (e: Expr, func: Func): boolean => e.op === 'call' && 'fn' in e.target && e.target.fn === func;
const isCall = (s: Stmt, func: Func): boolean => s.op === 'do' && calls(s.value, func);

function callsOf(caller: Func, func: Func): number {
  let count = 0;
  eachExprIn(caller.body, (e) => {
    if (calls(e, func)) count++;
  });
  return count;
}

/** The body in a block; what returned leaves the block. */
function inPlace(func: Func): Stmt {
  const label: Label = { name: func.name };
  return {
    op: 'block',
    label,
    body: rewrite(func.body, { stmts: (list) => list.map((s): Stmt => (s.op === 'return' ? { op: 'br', label } : s)) }),
  };
}
