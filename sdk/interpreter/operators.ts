/** The operators of the language on values of one scalar type. */
import type { Scalar } from '../../hal/contract/index.js';
import type { BinaryOperator, UnaryOperator } from '../compiler/parse/ast.js';
import { bitsOf, Failure, isSmall, saturate, type Value, wrap } from './value.js';

type Exact = (a: bigint, b: bigint) => bigint;

/** Exact integer arithmetic, wrapped by the caller. Division truncates, as bigint does. */
const integerArithmetic: Readonly<Partial<Record<BinaryOperator, Exact>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / nonZero(b),
  '%': (a, b) => a % nonZero(b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const floatArithmetic: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const comparisons: Readonly<Partial<Record<BinaryOperator, (a: Value, b: Value) => boolean>>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new Failure('division by zero');
  return divisor;
}

/** `&&` and `||` aren't here: they don't evaluate both sides. `scalar` is the type of the left operand. */
export function binary(operator: BinaryOperator, scalar: Scalar, left: Value, right: Value): Value {
  const compare = comparisons[operator];
  if (compare !== undefined) return compare(left, right) ? 1 : 0;
  if (scalar === 'f32') return floatBinary(operator, Number(left), Number(right));
  const [a, b] = [BigInt(left), BigInt(right)];
  if (operator === '+|') return saturate(scalar, a + b);
  if (operator === '-|') return saturate(scalar, a - b);
  if (operator === '<<' || operator === '>>') return shift(operator, scalar, a, b);
  const arithmetic = integerArithmetic[operator];
  if (arithmetic === undefined) throw new Error(`operator ${operator} on ${scalar}`);
  return wrap(scalar, arithmetic(a, b));
}

function floatBinary(operator: BinaryOperator, left: number, right: number): number {
  const arithmetic = floatArithmetic[operator];
  if (arithmetic === undefined) throw new Error(`operator ${operator} on f32`);
  return Math.fround(arithmetic(left, right));
}

/** The count is taken modulo the width; `>>` on a value that is held exactly follows its sign. */
function shift(operator: '<<' | '>>', scalar: Scalar, value: bigint, count: bigint): Value {
  const width = BigInt(isSmall(scalar) ? bitsOf(scalar) : 64);
  const by = BigInt.asUintN(32, count) % width;
  return wrap(scalar, operator === '<<' ? value << by : value >> by);
}

export function unary(operator: UnaryOperator, scalar: Scalar, operand: Value): Value {
  switch (operator) {
    case '!':
      return operand === 0 ? 1 : 0;
    case '-':
      return scalar === 'f32' ? -Number(operand) : wrap(scalar, -BigInt(operand));
    case '~':
      return wrap(scalar, ~BigInt(operand));
  }
}
