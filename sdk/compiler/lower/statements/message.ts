import { callsFunction } from '../../check/children.js';
import type { Expression, Statement } from '../../check/program.js';
import type { Body } from '../context.js';
import { contractCall } from '../expressions/call.js';
import { value } from '../expressions/index.js';
import { get, i32, typeOf } from '../ir.js';
import type { Expr, Stmt } from '../ir.js';
import { isPure } from '../purity.js';

const call = (name: string, args: readonly Expr[]): Stmt => ({
  op: 'do',
  value: { op: 'call', target: { host: contractCall(name) }, args },
  drop: false,
});

/** `out.send({ … })`: fields one by one, then the commit. */
export const send = (b: Body, s: Statement & { kind: 'send' }): Stmt[] => [
  ...put(b, s.fields),
  call('msg.send', [i32(s.handle.number)]),
];

/** `log "…", a, b`: the values, then the number of the text. */
export const log = (b: Body, s: Statement & { kind: 'log' }): Stmt[] => [
  ...put(b, s.args),
  call('log.emit', [i32(s.template)]),
];

/**
 * All values are evaluated, in order, before the first is put. A value without effect can as well be evaluated late,
 * unless a function that is called for another one may change it.
 */
function put(b: Body, values: readonly Expression[]): Stmt[] {
  const lowered = values.map((each) => value(b, each));
  const one = (expr: Expr): Stmt => call(typeOf(expr) === 'f32' ? 'msg.put_f32' : 'msg.put_i32', [expr]);
  const changes = values.slice(1).some(callsFunction);
  const early = (expr: Expr): boolean => (changes ? expr.op !== 'const' : !isPure(expr));
  if (!lowered.slice(1).some(early)) return lowered.map(one);
  const before: Stmt[] = [];
  const kept = lowered.map((expr): Expr => {
    if (!early(expr)) return expr;
    const slot = b.temporary(typeOf(expr) ?? 'i32');
    before.push({ op: 'set', slot, value: expr });
    return get(slot);
  });
  return [...before, ...kept.map(one)];
}
