import type * as ast from '../../parse/ast.js';
import { isWhole, negate, rational, subtract } from '../../rational.js';
import { compute } from '../arithmetic.js';
import { constantOf, describe, isExact, typed } from '../coerce.js';
import type { Operand } from '../coerce.js';
import type { Context } from '../context.js';
import type { Exact } from '../exact.js';
import type { Value } from '../program.js';
import { isInteger, isSigned } from '../types.js';
import type { Type } from '../types.js';
import { expression } from './index.js';

const needs = {
  '-': 'it needs a signed number',
  '!': 'it needs a bool; the bits of a number are inverted by `~`',
  '~': 'it needs an integer',
} as const;

/** `-x`, `!x`, `~x`. */
export function unary(x: Context, node: ast.Expression & { kind: 'unary' }): Operand | undefined {
  const operand = expression(x, node.operand);
  if (!operand) return undefined;
  const { operator, span } = node;
  if (isExact(operand)) {
    const constant = foldExact(operator, operand.constant);
    if (constant) return { constant, span };
  } else if (accepts(operator, operand.type)) {
    const { expression: inner, type } = operand;
    if (inner.kind === 'const') return typed(constantOf(type, foldTyped(operator, type, inner.value), span), type);
    return typed({ kind: 'unary', type, operator, operand: inner, span }, type);
  }
  x.bag.report('T0306', span, { operator, type: describe(operand), needs: needs[operator] });
  return undefined;
}

function accepts(operator: ast.UnaryOperator, type: Type): boolean {
  switch (operator) {
    case '!':
      return type.scalar === 'bool';
    case '~':
      return isInteger(type.scalar);
    case '-':
      return type.scalar === 'f32' || (isInteger(type.scalar) && isSigned(type.scalar));
  }
}

function foldExact(operator: ast.UnaryOperator, constant: Exact): Exact | undefined {
  switch (operator) {
    case '-':
      return { ...constant, value: negate(constant.value) };
    case '~':
      return isWhole(constant.value)
        ? { ...constant, value: subtract(negate(constant.value), rational(1n)) }
        : undefined;
    case '!':
      return undefined;
  }
}

function foldTyped(operator: ast.UnaryOperator, type: Type, value: Value): Value {
  const { scalar } = type;
  switch (operator) {
    case '!':
      return value === 0 ? 1 : 0;
    case '-':
      return scalar === 'f32' ? -Number(value) : compute('-', scalar, scalar === 'i64' ? 0n : 0, value);
    case '~':
      return compute('^', scalar, value, scalar === 'i64' ? -1n : -1);
  }
}
