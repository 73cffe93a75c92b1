import type { Fn } from '../check/program.js';
import { Body } from './context.js';
import type { Lowering } from './context.js';
import type { Func } from './ir.js';
import { wasmType } from './ir.js';
import { statements } from './statements/index.js';

/** The lowered function of the source, made at its first call. */
export function fnOf(shared: Lowering, fn: Fn): Func {
  const known = shared.functions.get(fn);
  if (known) return known;
  const b = new Body(shared);
  const func: Func = {
    name: fn.name,
    params: fn.params.map((param) => b.slot(param)),
    body: [],
    ...(fn.result && { result: wasmType(fn.result.scalar) }),
  };
  shared.functions.set(fn, func);
  func.body = statements(b, fn.body, {});
  return func;
}
