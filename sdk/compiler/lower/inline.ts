import type { Expression } from '../check/program.js';
import type { Body } from './context.js';
import { value } from './expressions/index.js';
import type { Expr, Stmt } from './ir.js';
import { get, wasmType } from './ir.js';
import { statements } from './statements/index.js';

type Call = Expression & { kind: 'call' };

/** A function that is called at one place costs nothing there: its body stands in place of the call. */
export function inPlace(b: Body, e: Call): Expr {
  const body = bind(b, e);
  const { body: source } = e.fn;
  const last = source.at(-1);
  const early = source.slice(0, -1);
  if (last?.kind === 'return' && last.value && !early.some(returns)) {
    return { op: 'seq', body: [...body, ...statements(b, early, {})], value: value(b, last.value) };
  }
  const result = b.temporary(wasmType(e.fn.result?.scalar ?? 'i32'));
  const label = b.label('call');
  body.push({ op: 'block', label, body: statements(b, source, { leave: { label, result } }) });
  return { op: 'seq', body, value: get(result) };
}

/** The same for a function without result. */
export function effectInPlace(b: Body, e: Call): Stmt[] {
  const body = bind(b, e);
  const label = b.label('call');
  return [...body, { op: 'block', label, body: statements(b, e.fn.body, { leave: { label } }) }];
}

/** Arguments go to fresh slots, in order. */
function bind(b: Body, e: Call): Stmt[] {
  return e.args.map((arg, i) => {
    const param = e.fn.params[i];
    if (!param) throw new Error('an argument without a parameter');
    const slot = b.temporary(wasmType(param.type.scalar));
    const set: Stmt = { op: 'set', slot, value: value(b, arg) };
    b.rebind(param, slot);
    return set;
  });
}

function returns(s: Call['fn']['body'][number]): boolean {
  switch (s.kind) {
    case 'return':
      return true;
    case 'if':
      return s.then.some(returns) || s.otherwise.some(returns);
    case 'match':
      return s.arms.some((arm) => arm.body.some(returns)) || s.otherwise.some(returns);
    case 'for':
      return s.body.some(returns);
    case 'declare':
    case 'assign':
    case 'effect':
      return s.otherwise?.body.some(returns) ?? false;
    default:
      return false;
  }
}
