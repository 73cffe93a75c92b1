import type { Expression, Value } from '../../check/program.js';
import type { Scalar } from '../../../../hal/contract/index.js';
import { clean, exactly, rough } from '../clean.js';
import type { Low } from '../clean.js';
import type { Body } from '../context.js';
import { binary as op, get, i32, i64, unary as un, wasmType } from '../ir.js';
import type { Expr } from '../ir.js';
import { arithmetic } from './arithmetic.js';
import { call, field, host } from './call.js';
import { cast } from './cast.js';

/** Lowers an expression; integers below 32 bits may have wrong upper bits. */
export function lower(b: Body, e: Expression): Low {
  switch (e.kind) {
    case 'const':
      return exactly(constant(e.type.scalar, e.value));
    case 'variable':
      return exactly(get(b.slot(e.variable)));
    case 'field':
      return field(e);
    case 'argument':
      return exactly(get(b.shared.argument));
    case 'unary':
      return unary(b, e);
    case 'binary':
      return arithmetic(b, e);
    case 'cast':
      return cast(b, e);
    case 'host':
      return exactly(host(b, e));
    case 'call':
      return exactly(call(b, e));
  }
}

/** Lowers an expression to exactly its value. */
export const value = (b: Body, e: Expression): Expr => clean(lower(b, e), e.type?.scalar ?? 'i32');

/** A constant of a scalar. */
export function constant(scalar: Scalar, given: Value): Expr {
  if (scalar === 'i64') return i64(BigInt(given));
  return scalar === 'f32' ? { op: 'const', type: 'f32', value: Number(given) } : i32(Number(given));
}

function unary(b: Body, e: Expression & { kind: 'unary' }): Low {
  const { scalar } = e.type;
  const type = wasmType(scalar);
  switch (e.operator) {
    case '!':
      return exactly(un('i32.eqz', value(b, e.operand)));
    case '-':
      if (scalar === 'f32') return exactly(un('f32.neg', value(b, e.operand)));
      return rough(op(`${type}.sub`, constant(scalar, scalar === 'i64' ? 0n : 0), lower(b, e.operand).expr), scalar);
    case '~':
      return rough(op(`${type}.xor`, lower(b, e.operand).expr, constant(scalar, scalar === 'i64' ? -1n : -1)), scalar);
  }
}
