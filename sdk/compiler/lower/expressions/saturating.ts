import type { Scalar } from '../../../../hal/contract/index.js';
import { isSigned, rangeOf, width } from '../../check/types.js';
import type { Body } from '../context.js';
import { binary as op, get, i32, i64, wasmType } from '../ir.js';
import type { Expr, Stmt, WasmType } from '../ir.js';

/** `a +| b` and `a -| b` of clean operands. */
export function saturating(b: Body, operator: '+|' | '-|', scalar: Scalar, left: Expr, right: Expr): Expr {
  const add = operator === '+|';
  if (right.op === 'const' && Number(right.value) === 1) {
    const one = byOne(b, add, scalar, left);
    if (one) return one;
  }
  if (width(scalar) < 32) return clamp(b, scalar, op(add ? 'i32.add' : 'i32.sub', left, right));
  return isSigned(scalar) ? signed(b, add, scalar, left, right) : unsigned(b, add, left, right);
}

/** A step of one without a branch: the comparison "not at the end yet", 0 or 1, is added or subtracted. */
function byOne(b: Body, add: boolean, scalar: Scalar, left: Expr): Expr | undefined {
  if (scalar === 'i64') return undefined;
  const { low, high } = rangeOf(scalar);
  const end = i32(Number(BigInt.asIntN(32, add ? high.n : low.n)));
  return twice(b, left, (first, second) => op(add ? 'i32.add' : 'i32.sub', first, op('i32.ne', second, end)));
}

/** Uses a value two times: through a temporary unless it is a variable. */
function twice(b: Body, of: Expr, use: (first: Expr, second: Expr) => Expr): Expr {
  if (of.op === 'get' || of.op === 'const') return use(of, of);
  const slot = b.temporary('i32');
  return { op: 'seq', body: [{ op: 'set', slot, value: of }], value: use(get(slot), get(slot)) };
}

/** An i32 moved into the range of a narrower type. */
export function clamp(b: Body, scalar: Scalar, of: Expr): Expr {
  const { low, high } = rangeOf(scalar);
  const slot = b.temporary('i32');
  const limit = (at: bigint, code: string): Stmt => ({
    op: 'set',
    slot,
    value: {
      op: 'select',
      then: get(slot),
      otherwise: i32(Number(at)),
      condition: op(code, get(slot), i32(Number(at))),
    },
  });
  return {
    op: 'seq',
    body: [{ op: 'set', slot, value: of }, limit(high.n, 'i32.lt_s'), limit(low.n, 'i32.gt_s')],
    value: get(slot),
  };
}

/** u32: a carry shows as a sum below an operand, a borrow as a smaller left side. */
function unsigned(b: Body, add: boolean, left: Expr, right: Expr): Expr {
  const x = b.temporary('i32');
  const y = b.temporary('i32');
  const body: Stmt[] = [
    { op: 'set', slot: x, value: left },
    { op: 'set', slot: y, value: right },
  ];
  if (!add) {
    const value: Expr = {
      op: 'select',
      then: op('i32.sub', get(x), get(y)),
      otherwise: i32(0),
      condition: op('i32.gt_u', get(x), get(y)),
    };
    return { op: 'seq', body, value };
  }
  body.push({ op: 'set', slot: y, value: op('i32.add', get(x), get(y)) });
  return {
    op: 'seq',
    body,
    value: { op: 'select', then: i32(-1), otherwise: get(y), condition: op('i32.lt_u', get(y), get(x)) },
  };
}

/** i32 and i64: an overflow has a sign that neither operand explains; the limit then has the sign of the left side. */
function signed(b: Body, add: boolean, scalar: Scalar, left: Expr, right: Expr): Expr {
  const type: WasmType = wasmType(scalar);
  const [x, y, z] = [b.temporary(type), b.temporary(type), b.temporary(type)];
  const xor = (p: Expr, q: Expr): Expr => op(`${type}.xor`, p, q);
  const number = (value: bigint): Expr => (type === 'i64' ? i64(value) : i32(Number(value)));
  const most = (1n << BigInt(width(scalar) - 1)) - 1n;
  const body: Stmt[] = [
    { op: 'set', slot: x, value: left },
    { op: 'set', slot: y, value: right },
    { op: 'set', slot: z, value: op(`${type}.${add ? 'add' : 'sub'}`, get(x), get(y)) },
  ];
  const differs = add ? xor(get(y), get(z)) : xor(get(x), get(y));
  const overflow = op(`${type}.lt_s`, op(`${type}.and`, xor(get(x), get(z)), differs), number(0n));
  const limit = xor(op(`${type}.shr_s`, get(x), number(BigInt(width(scalar) - 1))), number(most));
  return { op: 'seq', body, value: { op: 'select', then: limit, otherwise: get(z), condition: overflow } };
}
