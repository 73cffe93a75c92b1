import type { Expression, Statement } from '../../check/program.js';
import { isSigned, rangeOf } from '../../check/types.js';
import { clean } from '../clean.js';
import type { Body, Exits } from '../context.js';
import { division } from '../expressions/arithmetic.js';
import { host } from '../expressions/call.js';
import { lower, value } from '../expressions/index.js';
import { effectInPlace } from '../inline.js';
import { binary, get, i32, unary, wasmType } from '../ir.js';
import type { Expr, Slot, Stmt } from '../ir.js';
import { statements } from './index.js';

type Store = Statement & { kind: 'declare' | 'assign' };

/** `let x = … else …`, `x = … else …`. */
export function store(b: Body, s: Store, exits: Exits): Stmt[] {
  const slot = b.slot(s.variable);
  if (!s.otherwise) return [{ op: 'set', slot, value: value(b, s.value) }];
  if (s.value.kind === 'binary') return divide(b, s, s.value, slot, exits);
  // A global is only written when the value is known to be good.
  const got = s.kind === 'declare' ? slot : b.temporary(slot.type);
  const call = s.value.kind === 'host' ? s.value : undefined;
  if (!call) throw new Error('only calls and divisions fail');
  const set: Stmt = { op: 'set', slot: got, value: host(b, call) };
  const body = statements(b, s.otherwise.body, exits);
  const failed = isError(call, get(got));
  if (s.otherwise.value) {
    const alternative: Stmt = { op: 'set', slot: got, value: value(b, s.otherwise.value) };
    const keep: Stmt[] = got === slot ? [] : [{ op: 'set', slot, value: get(got) }];
    return [set, { op: 'if', condition: failed, then: [...body, alternative], otherwise: [] }, ...keep];
  }
  const good: Stmt[] = got === slot ? [] : [{ op: 'set', slot, value: get(got) }];
  return [set, { op: 'if', condition: failed, then: body, otherwise: good }];
}

/** Errors lie below every value of the result. */
function isError(call: Expression & { kind: 'host' }, result: Expr): Expr {
  const scalar = call.call.result?.type ?? 'i32';
  return binary('i32.lt_s', result, i32(isSigned(scalar) ? Number(rangeOf(scalar).low.n) : 0));
}

/** A division whose divisor may be 0: both operands are evaluated before it is looked at. */
function divide(b: Body, s: Store, e: Expression & { kind: 'binary' }, slot: Slot, exits: Exits): Stmt[] {
  const { scalar } = e.type;
  const type = wasmType(scalar);
  const left = b.temporary(type);
  const right = b.temporary(type);
  const before: Stmt[] = [{ op: 'set', slot: left, value: value(b, e.left) }, { op: 'set', slot: right, value: value(b, e.right) }];
  const quotient = clean({ expr: division(b, e.operator, scalar, get(left), get(right)), clean: false }, scalar);
  const good: Stmt = { op: 'set', slot, value: quotient };
  const failed = unary(`${type}.eqz`, get(right));
  const body = statements(b, s.otherwise?.body ?? [], exits);
  const alternative: Stmt[] = s.otherwise?.value ? [{ op: 'set', slot, value: value(b, s.otherwise.value) }] : [];
  return [...before, { op: 'if', condition: failed, then: [...body, ...alternative], otherwise: [good] }];
}

/** A call on its own. */
export function effect(b: Body, s: Statement & { kind: 'effect' }, exits: Exits): Stmt[] {
  const e = s.value;
  if (e.kind === 'call' && !e.type && b.shared.callCounts.get(e.fn) === 1) return effectInPlace(b, e);
  const call = lower(b, e).expr;
  const body = statements(b, s.otherwise?.body ?? [], exits);
  if (body.length === 0 || e.kind !== 'host') return [{ op: 'do', value: call, drop: e.kind === 'host' ? e.call.result !== undefined : e.type !== undefined }];
  return [{ op: 'if', condition: isError(e, call), then: body, otherwise: [] }];
}
