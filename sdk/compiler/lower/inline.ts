import type { Expr, Func, Label, Slot, Stmt } from './ir.js';
import { get } from './ir.js';
import { eachExprIn, eachStmt, rewrite } from './walk.js';

/** Code that may call functions: a stretch of a trail, the entry, a function. */
export interface Code {
  body: readonly Stmt[];
}

/**
 * Puts functions that are called at one place in place of their call, where they cost nothing. Gives the functions that
 * are left: those that are called at more places.
 */
export function inlineCalledOnce(code: readonly Code[], functions: readonly Func[]): readonly Func[] {
  const counts = countCalls([...code, ...functions]);
  const once = (func: Func): boolean => counts.get(func) === 1;
  const left = functions.filter((func) => (counts.get(func) ?? 0) > 1);
  for (const each of [...code, ...left]) each.body = inPlace(each.body, once);
  return left;
}

/** At how many places each function is called. */
function countCalls(code: readonly Code[]): Map<Func, number> {
  const counts = new Map<Func, number>();
  for (const { body } of code)
    eachExprIn(body, (e) => {
      if (e.op === 'call' && 'fn' in e.target) counts.set(e.target.fn, (counts.get(e.target.fn) ?? 0) + 1);
    });
  return counts;
}

/** The statements with the body of each function that is chosen in place of its calls. */
function inPlace(list: readonly Stmt[], chosen: (func: Func) => boolean): readonly Stmt[] {
  const calleeOf = (e: Expr): Func | undefined =>
    e.op === 'call' && 'fn' in e.target && chosen(e.target.fn) ? e.target.fn : undefined;
  const stmt = (s: Stmt): readonly Stmt[] => {
    const func = s.op === 'do' ? calleeOf(s.value) : undefined;
    return s.op === 'do' && s.value.op === 'call' && func
      ? [...bind(func, s.value.args), leaving(func, inPlace(func.body, chosen))]
      : [s];
  };
  const expr = (e: Expr): Expr => {
    const func = calleeOf(e);
    return e.op === 'call' && func?.result ? valueOf(func, e.args, inPlace(func.body, chosen)) : e;
  };
  return rewrite(list, { expr, stmts: (all) => all.flatMap(stmt) });
}

/** Arguments go to the slots of the parameters, in order. */
const bind = (func: Func, args: readonly Expr[]): Stmt[] =>
  args.map((value, i): Stmt => ({ op: 'set', slot: func.params[i] as Slot, value }));

/** The body in a block that is left where the function returned; its result, if it has one, is in `result` then. */
function leaving(func: Func, body: readonly Stmt[], result?: Slot): Stmt {
  const label: Label = { name: func.name };
  const leave = (s: Stmt): Stmt[] => {
    if (s.op !== 'return') return [s];
    return [...(s.value && result ? [{ op: 'set', slot: result, value: s.value } as const] : []), { op: 'br', label }];
  };
  return { op: 'block', label, body: rewrite(body, { stmts: (list) => list.flatMap(leave) }) };
}

/** The value of a call. A body that returns at its end only needs no block and no slot for the result. */
function valueOf(func: Func, args: readonly Expr[], body: readonly Stmt[]): Expr {
  const last = body.at(-1);
  const early = body.slice(0, -1);
  const before = bind(func, args);
  if (last?.op === 'return' && last.value && !early.some(returns))
    return { op: 'seq', body: [...before, ...early], value: last.value };
  const result: Slot = { type: func.result ?? 'i32', name: func.name };
  return { op: 'seq', body: [...before, leaving(func, body, result)], value: get(result) };
}

function returns(s: Stmt): boolean {
  let found = false;
  eachStmt([s], (each) => (found ||= each.op === 'return'));
  return found;
}
