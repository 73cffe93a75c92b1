import type { Scalar } from '../../../../hal/contract/index.js';
import type { Expression } from '../../check/program.js';
import { isSigned, width } from '../../check/types.js';
import { exactly, rough } from '../clean.js';
import type { Low } from '../clean.js';
import type { Body } from '../context.js';
import { binary as op, get, i32, typeOf, unary, wasmType } from '../ir.js';
import type { Expr, Stmt } from '../ir.js';
import { isPure } from '../purity.js';
import { constant, lower, value } from './index.js';
import { saturating } from './saturating.js';

type Binary = Expression & { kind: 'binary' };

const ring = { '+': 'add', '-': 'sub', '*': 'mul' } as const;
const bits = { '&': 'and', '|': 'or', '^': 'xor' } as const;
const tests = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' } as const;
const floats: Readonly<Partial<Record<Binary['operator'], string>>> = { ...ring, '/': 'div', ...tests };

/** Any binary operation. A division that can fail is lowered here without its test: see the statement around it. */
export function arithmetic(b: Body, e: Binary): Low {
  const { operator } = e;
  const { scalar } = e.left.type as { scalar: Scalar };
  if (scalar === 'f32') return exactly(float(b, e));
  switch (operator) {
    case '&&':
    case '||':
      return exactly(logic(b, e));
    case '+':
    case '-':
    case '*':
      return rough(op(`${wasmType(scalar)}.${ring[operator]}`, lower(b, e.left).expr, lower(b, e.right).expr), scalar);
    case '&':
    case '|':
    case '^':
      return bitwise(b, e, bits[operator], scalar);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return exactly(comparison(b, e, tests[operator], scalar));
    case '<<':
    case '>>':
      return shift(b, e, scalar);
    case '+|':
    case '-|':
      return exactly(saturating(b, operator, scalar, value(b, e.left), value(b, e.right)));
    case '/':
    case '%':
      return rough(division(b, operator, scalar, value(b, e.left), value(b, e.right)), scalar);
  }
}

function float(b: Body, e: Binary): Expr {
  const name = floats[e.operator];
  if (name === undefined) throw new Error(`no ${e.operator} of f32`);
  return op(`f32.${name}`, value(b, e.left), value(b, e.right));
}

function bitwise(b: Body, e: Binary, name: 'and' | 'or' | 'xor', scalar: Scalar): Low {
  const left = lower(b, e.left);
  const right = lower(b, e.right);
  const both = left.clean && right.clean;
  // One clean unsigned side of `&` cuts the other.
  const either = name === 'and' && !isSigned(scalar) && (left.clean || right.clean);
  return {
    expr: op(`${wasmType(scalar)}.${name}`, left.expr, right.expr),
    clean: both || either || width(scalar) >= 32,
  };
}

function comparison(b: Body, e: Binary, name: string, scalar: Scalar): Expr {
  const sign = name === 'eq' || name === 'ne' ? '' : isSigned(scalar) ? '_s' : '_u';
  return op(`${wasmType(scalar)}.${name}${sign}`, value(b, e.left), value(b, e.right));
}

/** Bools are 0 or 1: where the right side has no effect, evaluating it always is shorter than a branch. */
function logic(b: Body, e: Binary): Expr {
  const left = value(b, e.left);
  const right = value(b, e.right);
  const and = e.operator === '&&';
  if (isPure(right)) return op(and ? 'i32.and' : 'i32.or', left, right);
  return { op: 'choose', type: 'i32', condition: left, then: and ? right : i32(1), otherwise: and ? i32(0) : right };
}

function shift(b: Body, e: Binary, scalar: Scalar): Low {
  const type = wasmType(scalar);
  const left = e.operator === '<<';
  const operand = left ? lower(b, e.left).expr : value(b, e.left);
  const count = shiftCount(b, e.right, scalar);
  const name = left ? 'shl' : isSigned(scalar) ? 'shr_s' : 'shr_u';
  const expr = op(`${type}.${name}`, operand, count);
  return left ? rough(expr, scalar) : exactly(expr);
}

/** Wasm takes a count modulo 32 or 64; narrower types need their own. */
function shiftCount(b: Body, e: Expression, scalar: Scalar): Expr {
  const bitsOf = width(scalar);
  if (e.kind === 'const') return constant(scalar, Number(e.value) % bitsOf);
  const count = value(b, e);
  const wide = scalar === 'i64' && typeOf(count) === 'i32' ? unary('i64.extend_i32_u', count) : count;
  return bitsOf >= 32
    ? scalar !== 'i64' && typeOf(count) === 'i64'
      ? unary('i32.wrap_i64', wide)
      : wide
    : op('i32.and', wide, i32(bitsOf - 1));
}

/** `/` and `%` of integers; the divisor is not 0. Wasm traps on the least value / -1, which wraps in the language. */
export function division(b: Body, operator: '/' | '%', scalar: Scalar, left: Expr, right: Expr): Expr {
  const type = wasmType(scalar);
  const signed = isSigned(scalar);
  const name = `${type}.${operator === '/' ? 'div' : 'rem'}_${signed ? 's' : 'u'}`;
  const minusOne = constant(scalar, scalar === 'i64' ? -1n : -1);
  const zero = constant(scalar, scalar === 'i64' ? 0n : 0);
  if (operator === '%' || !signed || width(scalar) < 32) return op(name, left, right);
  if (right.op === 'const') return Number(right.value) === -1 ? op(`${type}.sub`, zero, left) : op(name, left, right);
  const a = b.temporary(type);
  const d = b.temporary(type);
  const body: Stmt[] = [
    { op: 'set', slot: a, value: left },
    { op: 'set', slot: d, value: right },
  ];
  const chosen: Expr = {
    op: 'choose',
    type,
    condition: op(`${type}.eq`, get(d), minusOne),
    then: op(`${type}.sub`, zero, get(a)),
    otherwise: op(name, get(a), get(d)),
  };
  return { op: 'seq', body, value: chosen };
}
