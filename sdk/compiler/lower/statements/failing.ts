import type { Expression, Statement } from '../../check/program.js';
import { isSigned, rangeOf } from '../../check/types.js';
import { clean } from '../clean.js';
import type { Body, Exits } from '../context.js';
import { division } from '../expressions/arithmetic.js';
import { host } from '../expressions/call.js';
import { lower, value } from '../expressions/index.js';
import { binary, get, i32, unary, wasmType } from '../ir.js';
import type { Expr, Stmt } from '../ir.js';
import { statements } from './index.js';

type Store = Statement & { kind: 'declare' | 'assign' };

/** Something that can fail, taken apart: what comes first, the test, and what follows on each way. */
export interface Attempt {
  readonly before: readonly Stmt[];
  readonly failed: Expr;
  /** After the body of `else`. */
  readonly bad: readonly Stmt[];
  readonly good: readonly Stmt[];
}

/** `let x = …`, `x = …`, with or without `else`. */
export function store(b: Body, s: Store, exits: Exits): Stmt[] {
  if (!s.otherwise) return [{ op: 'set', slot: b.slot(s.variable), value: value(b, s.value) }];
  const { before, failed, bad, good } = attemptStore(b, s);
  return [
    ...before,
    { op: 'if', condition: failed, then: [...statements(b, s.otherwise.body, exits), ...bad], otherwise: good },
  ];
}

/** A statement with `else` that stores a result. */
export function attemptStore(b: Body, s: Store): Attempt {
  const slot = b.slot(s.variable);
  const alternative = s.otherwise?.value;
  if (s.value.kind === 'binary') return attemptDivision(b, s, s.value);
  if (s.value.kind !== 'host') throw new Error('only calls and divisions fail');
  // A variable that others see is only written when the value is known to be good.
  const got = s.kind === 'declare' ? slot : b.temporary(slot.type);
  const before: Stmt = { op: 'set', slot: got, value: host(b, s.value) };
  const failed = isError(s.value, get(got));
  return {
    before: [before],
    failed,
    bad: alternative ? [{ op: 'set', slot, value: value(b, alternative) }] : [],
    good: got === slot ? [] : [{ op: 'set', slot, value: get(got) }],
  };
}

/** Errors lie below every value of the result. */
function isError(call: Expression & { kind: 'host' }, result: Expr): Expr {
  const scalar = call.call.result?.type ?? 'i32';
  return binary('i32.lt_s', result, i32(isSigned(scalar) ? Number(rangeOf(scalar).low.n) : 0));
}

/** A division whose divisor may be 0: both operands are evaluated before it is looked at. */
function attemptDivision(b: Body, s: Store, e: Expression & { kind: 'binary' }): Attempt {
  const { scalar } = e.type;
  const { operator } = e;
  if (operator !== '/' && operator !== '%') throw new Error(`${operator} never fails`);
  const slot = b.slot(s.variable);
  const left = b.temporary(wasmType(scalar));
  const right = b.temporary(wasmType(scalar));
  const quotient = clean({ expr: division(b, operator, scalar, get(left), get(right)), clean: false }, scalar);
  const alternative = s.otherwise?.value;
  return {
    before: [
      { op: 'set', slot: left, value: value(b, e.left) },
      { op: 'set', slot: right, value: value(b, e.right) },
    ],
    failed: unary(`${wasmType(scalar)}.eqz`, get(right)),
    bad: alternative ? [{ op: 'set', slot, value: value(b, alternative) }] : [],
    good: [{ op: 'set', slot, value: quotient }],
  };
}

/** A call on its own. */
export function effect(b: Body, s: Statement & { kind: 'effect' }, exits: Exits): Stmt[] {
  const e = s.value;
  const body = statements(b, s.otherwise?.body ?? [], exits);
  if (body.length > 0) return [{ op: 'if', condition: attemptEffect(b, s).failed, then: body, otherwise: [] }];
  const drop = e.kind === 'host' ? e.call.result !== undefined : e.type !== undefined;
  return [{ op: 'do', value: lower(b, e).expr, drop }];
}

/** A call on its own with `else`. */
export function attemptEffect(b: Body, s: Statement & { kind: 'effect' }): Attempt {
  if (s.value.kind !== 'host') throw new Error('only calls fail on their own');
  return { before: [], failed: isError(s.value, host(b, s.value)), bad: [], good: [] };
}
