import { calls } from '../../../../hal/contract/index.js';
import type { HostCall } from '../../../../hal/contract/index.js';
import type { Expression } from '../../check/program.js';
import { exactly } from '../clean.js';
import type { Low } from '../clean.js';
import type { Body } from '../context.js';
import { i32, wasmType } from '../ir.js';
import type { Expr } from '../ir.js';
import { fnOf } from '../function.js';
import { value } from './index.js';

/** The contract's call of that name; a missing one is a bug. */
export function contractCall(name: string): HostCall {
  const found = calls.find((each) => each.name === name);
  if (!found) throw new Error(`no call ${name}`);
  return found;
}

/** A host call: handle or timer first. Whether its result is an error is tested by the statement around it. */
export function host(b: Body, e: Expression & { kind: 'host' }): Expr {
  const first = e.handle ? [i32(e.handle.number)] : e.timer ? [i32(e.timer.id)] : [];
  const args = [...first, ...e.args.map((arg) => value(b, arg))];
  const { result } = e.call;
  return { op: 'call', target: { host: e.call }, args, ...(result && { type: wasmType(result.type) }) };
}

/** A function of the source. */
export function call(b: Body, e: Expression & { kind: 'call' }): Expr {
  const args = e.args.map((arg) => value(b, arg));
  return { op: 'call', target: { fn: fnOf(b.shared, e.fn) }, args, ...(e.type && { type: wasmType(e.type.scalar) }) };
}

/** A field of the message being handled, cut to its type: the sender may be any program. */
export function field(e: Expression & { kind: 'field' }): Low {
  const float = e.type.scalar === 'f32';
  const expr: Expr = {
    op: 'call',
    target: { host: contractCall(float ? 'msg.get_f32' : 'msg.get_i32') },
    args: [i32(e.index)],
    type: float ? 'f32' : 'i32',
  };
  return float ? exactly(expr) : { expr, clean: e.type.scalar === 'i32' || e.type.scalar === 'u32' };
}
