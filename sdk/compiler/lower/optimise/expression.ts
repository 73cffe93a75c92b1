import { binary, i32, typeOf, unary } from '../ir.js';
import type { Expr } from '../ir.js';
import { isPure } from '../purity.js';

/**
 * Shorter forms of one expression whose operands are short already. Floats are never touched: their order is their
 * value.
 */
export function shortExpr(e: Expr): Expr {
  if (e.op === 'unary') return shortUnary(e);
  if (e.op === 'binary') return shortBinary(e);
  if (e.op === 'seq' && e.body.length === 0) return e.value;
  if (e.op === 'choose' || e.op === 'select') return shortChoice(e);
  return e;
}

const opposite: Readonly<Record<string, string>> = {
  eq: 'ne',
  ne: 'eq',
  lt_s: 'ge_s',
  ge_s: 'lt_s',
  gt_s: 'le_s',
  le_s: 'gt_s',
  lt_u: 'ge_u',
  ge_u: 'lt_u',
  gt_u: 'le_u',
  le_u: 'gt_u',
};

/** The opposite of a condition if it costs no instruction more. A NaN makes float comparisons have none. */
export function opposed(condition: Expr): Expr | undefined {
  if (condition.op === 'unary' && condition.code === 'i32.eqz') return condition.value;
  if (condition.op === 'const') return i32(condition.value === 0 ? 1 : 0);
  if (condition.op !== 'binary') return undefined;
  const [type = '', name = ''] = condition.code.split('.');
  const other = type === 'f32' ? undefined : opposite[name];
  return other === undefined ? undefined : binary(`${type}.${other}`, condition.left, condition.right);
}

/** The opposite of a condition. */
export const not = (condition: Expr): Expr => opposed(condition) ?? unary('i32.eqz', condition);

/** A condition as a branch needs it: any value but 0 holds. */
export function asCondition(e: Expr): Expr {
  if (e.op === 'binary' && e.code === 'i32.ne' && isConst(e.right, 0)) return asCondition(e.left);
  if (e.op === 'unary' && e.code === 'i32.eqz') {
    const { value } = e;
    if (value.op === 'unary' && value.code === 'i32.eqz') return asCondition(value.value);
    if (value.op === 'binary' && value.code === 'i32.ne' && isConst(value.right, 0))
      return unary('i32.eqz', value.left);
  }
  return e;
}

const isConst = (e: Expr, value: number): boolean => e.op === 'const' && e.type !== 'f32' && Number(e.value) === value;

function shortUnary(e: Expr & { op: 'unary' }): Expr {
  const { value, code } = e;
  if (code !== 'i32.eqz') return e;
  if (value.op === 'const') return i32(value.value === 0 ? 1 : 0);
  return (value.op === 'binary' && opposed(value)) || e;
}

const commutes = /^i(32|64)\.(add|mul|and|or|xor|eq|ne)$/;

function shortBinary(e: Expr & { op: 'binary' }): Expr {
  const { left, right, code } = e;
  if (left.op === 'const' && right.op === 'const') return folded(code, left, right) ?? e;
  // Constants to the right, where the rules below look for them.
  if (left.op === 'const' && right.op !== 'const' && commutes.test(code))
    return shortBinary({ op: 'binary', code, left: right, right: left });
  if (code === 'i32.eq' && isConst(right, 0)) return shortUnary({ op: 'unary', code: 'i32.eqz', value: left });
  if (code === 'i64.eq' && isConst(right, 0)) return unary('i64.eqz', left);
  if (/^i(32|64)\.(add|sub|or|xor|shl|shr_s|shr_u)$/.test(code) && isConst(right, 0)) return left;
  if (/^i(32|64)\.(mul|div_s|div_u)$/.test(code) && isConst(right, 1)) return left;
  if (/^i(32|64)\.(mul|div_u|rem_u)$/.test(code) && right.op === 'const') return powerOfTwo(e, right) ?? e;
  return e;
}

/** Products and unsigned quotients of a power of two as shifts and masks: as long, and cheaper on small cores. */
function powerOfTwo(e: Expr & { op: 'binary' }, right: Expr & { op: 'const' }): Expr | undefined {
  const by = BigInt(right.value);
  if (by < 2n || (by & (by - 1n)) !== 0n) return undefined;
  const [type = 'i32', name = ''] = e.code.split('.');
  const number = (value: bigint): Expr => (type === 'i64' ? { op: 'const', type: 'i64', value } : i32(Number(value)));
  if (name === 'rem_u') return binary(`${type}.and`, e.left, number(by - 1n));
  return binary(`${type}.${name === 'mul' ? 'shl' : 'shr_u'}`, e.left, number(BigInt(by.toString(2).length - 1)));
}

/** Integer operations on two constants that wrap. */
const whole: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function folded(code: string, left: Expr & { op: 'const' }, right: Expr & { op: 'const' }): Expr | undefined {
  const [type, name = ''] = code.split('.');
  const compute = type === 'f32' ? undefined : whole[name];
  if (!compute) return undefined;
  const value = compute(BigInt(left.value), BigInt(right.value));
  return type === 'i64'
    ? { op: 'const', type: 'i64', value: BigInt.asIntN(64, value) }
    : i32(Number(BigInt.asIntN(32, value)));
}

function shortChoice(e: Expr & { op: 'choose' | 'select' }): Expr {
  const condition = asCondition(e.condition);
  if (condition.op === 'const' && (e.op === 'choose' || (isPure(e.then) && isPure(e.otherwise))))
    return condition.value === 0 ? e.otherwise : e.then;
  const pure =
    e.op === 'choose' &&
    isPure(e.then) &&
    isPure(e.otherwise) &&
    isPure(e.condition) &&
    isCheap(e.then) &&
    isCheap(e.otherwise);
  if (pure) return { op: 'select', then: e.then, otherwise: e.otherwise, condition };
  return { ...e, condition };
}

/** Evaluating it in vain costs less than a branch. */
const isCheap = (e: Expr): boolean =>
  e.op === 'const' ||
  e.op === 'get' ||
  (e.op === 'unary' && isCheap(e.value)) ||
  (e.op === 'binary' && typeOf(e) !== 'f32' && e.left.op === 'get' && e.right.op === 'const');
