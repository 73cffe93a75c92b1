import type { Statement } from '../../check/program.js';
import type { Body, Exits } from '../context.js';
import { binary, get } from '../ir.js';
import type { Expr, Slot, Stmt } from '../ir.js';
import { statements } from './index.js';

type For = Statement & { kind: 'for' };

/**
 * A counted loop: the test at its end compares with the value after the last, so the end of the type's range is no
 * special case.
 */
export function forLoop(b: Body, s: For, exits: Exits): Stmt[] {
  const counter = b.slot(s.variable);
  const round = b.label('round');
  const top = b.label('for');
  const body: Stmt[] = [
    { op: 'block', label: round, body: statements(b, s.body, { ...exits, again: round }) },
    { op: 'set', slot: counter, value: next(s, counter) },
    { op: 'br_if', condition: more(s, counter), label: top },
  ];
  return [start(s, counter), { op: 'loop', label: top, body, trips: s.trips }];
}

/** The counter's first value. */
export const start = (s: For, counter: Slot): Stmt => ({ op: 'set', slot: counter, value: number(counter, s.first) });

/** The counter one step on. */
export const next = (s: For, counter: Slot): Expr =>
  binary(`${counter.type}.add`, get(counter), number(counter, s.step));

/** True until the counter has taken its last value and stepped on. */
export function more(s: For, counter: Slot): Expr {
  return binary(
    `${counter.type}.ne`,
    get(counter),
    number(counter, BigInt(s.first) + BigInt(s.step) * BigInt(s.trips)),
  );
}

const number = (counter: Slot, value: number | bigint): Expr =>
  counter.type === 'i64'
    ? { op: 'const', type: 'i64', value: BigInt.asIntN(64, BigInt(value)) }
    : { op: 'const', type: 'i32', value: Number(BigInt.asIntN(32, BigInt(value))) };
