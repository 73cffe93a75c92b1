import type { Scalar } from '../../../hal/contract/index.js';
import { isSigned, width } from '../check/types.js';
import { binary, i32, unary } from './ir.js';
import type { Expr } from './ir.js';

/**
 * A lowered value. Integers below 32 bits live in an i32; `clean`: it holds exactly the value of the type. Sums and
 * products need not be clean, their low bits are right anyway; they are cut only where the rest would matter.
 */
export interface Low {
  readonly expr: Expr;
  readonly clean: boolean;
}

const isNarrow = (scalar: Scalar): boolean => scalar !== 'i64' && scalar !== 'f32' && width(scalar) < 32;

/** The value of a low with exactly the bits of its type. */
export function clean(low: Low, scalar: Scalar): Expr {
  if (low.clean || !isNarrow(scalar)) return low.expr;
  if (scalar === 'bool') return binary('i32.ne', low.expr, i32(0));
  if (low.expr.op === 'const') {
    const value = BigInt(low.expr.value);
    return i32(Number(isSigned(scalar) ? BigInt.asIntN(width(scalar), value) : BigInt.asUintN(width(scalar), value)));
  }
  if (isSigned(scalar)) return unary(`i32.extend${width(scalar)}_s`, low.expr);
  return binary('i32.and', low.expr, i32(2 ** width(scalar) - 1));
}

export const exactly = (expr: Expr): Low => ({ expr, clean: true });
/** The result of arithmetic on `scalar` that keeps only the low bits right. */
export const rough = (expr: Expr, scalar: Scalar): Low => ({ expr, clean: !isNarrow(scalar) });
