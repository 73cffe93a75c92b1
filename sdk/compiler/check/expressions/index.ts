import type * as ast from '../../parse/ast.js';
import type { Span } from '../../span.js';
import { PLAIN } from '../../units.js';
import { coerce, constantOf, typed } from '../coerce.js';
import type { Effect, Operand } from '../coerce.js';
import type { Context } from '../context.js';
import type { Expression, Value } from '../program.js';
import { resolveNamed } from '../typeref.js';
import { BOOL, typeText } from '../types.js';
import type { Type } from '../types.js';
import { binary } from './binary.js';
import { call } from './call.js';
import { convert } from './convert.js';
import { member, name } from './name.js';
import { unary } from './unary.js';

/** Checks an expression that must have a value. Nothing: a mistake is reported. */
export function expression(x: Context, node: ast.Expression): Operand | undefined {
  const operand = row(x, node);
  if (operand && 'effect' in operand) {
    x.bag.report('T0314', node.span, { name: calleeText(node) });
    return undefined;
  }
  if (operand && 'expression' in operand && canFail(operand.expression)) reportNested(x, operand.expression);
  return operand;
}

/**
 * Like `expression`, but the result may be something that can fail, or nothing at all. For the right side of a
 * statement.
 */
export function row(x: Context, node: ast.Expression): Operand | Effect | undefined {
  switch (node.kind) {
    case 'number':
      return number(x, node);
    case 'bool':
      return typed(constantOf(BOOL, node.value ? 1 : 0, node.span), BOOL);
    case 'name':
      return name(x, node.name);
    case 'member':
      return member(x, node);
    case 'call':
      return call(x, node);
    case 'unary':
      return unary(x, node);
    case 'binary':
      return binary(x, node);
    case 'convert':
      return convert(x, node);
    case 'string':
      return refuse(x, 'T0331', node.span);
    case 'record':
      return refuse(x, 'T0332', node.span);
    case 'bad':
      return undefined;
  }
}

/** Something of a given type. */
export const valueOfType = (x: Context, node: ast.Expression, type: Type): Expression | undefined =>
  coerce(x, expression(x, node), type);

/** A condition. */
export function condition(x: Context, node: ast.Expression): Expression | undefined {
  const operand = expression(x, node);
  if (!operand) return undefined;
  if ('expression' in operand && operand.type.scalar === 'bool') return operand.expression;
  x.bag.report('T0323', node.span, { found: 'expression' in operand ? typeText(operand.type) : 'a number' });
  return undefined;
}

/** A value of the type that is known when compiling; `what` needs it. */
export function constant(x: Context, node: ast.Expression, type: Type, what: string): Value | undefined {
  const value = valueOfType(x, node, type);
  if (!value) return undefined;
  if (value.kind === 'const') return value.value;
  x.bag.report('T0307', node.span, { what });
  return undefined;
}

/** True if evaluating the outermost operation can fail. */
export const canFail = (value: Expression): boolean =>
  (value.kind === 'host' || value.kind === 'binary') && value.failing;

function reportNested(x: Context, value: Expression): void {
  x.bag.report('T0311', value.span);
}

function number(x: Context, node: ast.Expression & { kind: 'number' }): Operand | undefined {
  const unit = node.unit ? resolveNamed(x, node.unit) : PLAIN;
  return unit && { constant: { value: node.value, unit, decimal: node.decimal }, span: node.span };
}

function refuse(x: Context, code: 'T0331' | 'T0332', span: Span): undefined {
  x.bag.report(code, span);
}

function calleeText(node: ast.Expression): string {
  if (node.kind !== 'call') return 'this';
  const { callee } = node;
  return callee.kind === 'member' ? callee.name.text : callee.kind === 'name' ? callee.name.text : 'this';
}
