import type { Scalar } from '../../../../hal/contract/index.js';
import type { Expression } from '../../check/program.js';
import { isSigned, width } from '../../check/types.js';
import { exactly, rough } from '../clean.js';
import type { Low } from '../clean.js';
import type { Body } from '../context.js';
import { unary } from '../ir.js';
import { lower, value } from './index.js';
import { clamp } from './saturating.js';

/** `f32(x)`, `u8(x)`. */
export function cast(b: Body, e: Expression & { kind: 'cast' }): Low {
  const from = e.operand.type?.scalar ?? 'i32';
  const to = e.type.scalar;
  if (to === 'f32')
    return exactly(
      unary(`f32.convert_${from === 'i64' ? 'i64' : 'i32'}_${from === 'u32' ? 'u' : 's'}`, value(b, e.operand)),
    );
  if (from === 'f32') return fromFloat(b, e, to);
  if (to === 'i64') return exactly(unary(`i64.extend_i32_${isSigned(from) ? 's' : 'u'}`, value(b, e.operand)));
  if (from === 'i64') return rough(unary('i32.wrap_i64', value(b, e.operand)), to);
  // A wider type sees the upper bits of the narrower one; a narrower one cuts them off anyway.
  if (width(to) > width(from)) return { expr: value(b, e.operand), clean: holds(to, from) };
  const operand = lower(b, e.operand);
  return { expr: operand.expr, clean: width(to) >= 32 || (operand.clean && holds(to, from)) };
}

/** True if every value of `inner` is one of `outer`. */
const holds = (outer: Scalar, inner: Scalar): boolean =>
  isSigned(outer) === isSigned(inner) ? width(outer) >= width(inner) : isSigned(outer) && width(outer) > width(inner);

/** Saturates: Wasm does it at 32 and 64 bits, NaN gives 0. */
function fromFloat(b: Body, e: Expression & { kind: 'cast' }, to: Scalar): Low {
  const operand = value(b, e.operand);
  const type = to === 'i64' ? 'i64' : 'i32';
  if (width(to) >= 32) return exactly(unary(`${type}.trunc_sat_f32_${isSigned(to) ? 's' : 'u'}`, operand));
  return exactly(clamp(b, to, unary('i32.trunc_sat_f32_s', operand)));
}
