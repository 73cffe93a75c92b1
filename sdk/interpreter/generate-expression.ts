/** Random well-typed expressions, as source text. */
import type { Scalar } from '../../hal/contract/index.js';
import type { Choices } from './choices.js';

/** What an expression may name. */
export interface Named {
  /** The name as a program writes it: `x`, or `in.field`. */
  readonly text: string;
  readonly type: Scalar;
  readonly mutable: boolean;
}

/** A function that may be called. */
export interface Callable {
  readonly name: string;
  readonly params: readonly Scalar[];
  readonly result: Scalar | undefined;
}

/** What is in scope. There is a variable of every type, so an operator always finds an operand that isn't constant. */
export interface Scope {
  readonly names: readonly Named[];
  readonly functions: readonly Callable[];
}

export const scalars: readonly Scalar[] = ['i32', 'f32', 'bool', 'u8', 'i8', 'u16', 'i16', 'u32', 'i64'];

const LITERALS: Readonly<Record<Scalar, readonly string[]>> = {
  bool: ['false', 'true'],
  i8: ['0', '1', '127', '-128', '-1', '100'],
  u8: ['0', '1', '255', '200', '2'],
  i16: ['0', '1', '32767', '-32768', '-3'],
  u16: ['0', '1', '65535', '40000', '7'],
  i32: ['0', '1', '2147483647', '-2147483648', '-1', '1000', '65536'],
  u32: ['0', '1', '4294967295', '2147483648', '3'],
  i64: ['0', '1', '9223372036854775807', '-9223372036854775808', '-1', '4294967296'],
  f32: ['0.0', '1.0', '-0.5', '0.1', '16777217.0', '1e10', '3.0e-8', '255.5'],
};

const INTEGER_OPERATORS = ['+', '-', '*', '+|', '-|', '&', '|', '^'] as const;
const FLOAT_OPERATORS = ['+', '-', '*', '/'] as const;
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
const BITS: Readonly<Partial<Record<Scalar, number>>> = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64 };

export function literal(choices: Choices, type: Scalar): string {
  const text = choices.pick(LITERALS[type]);
  return text.startsWith('-') ? `(${text})` : text;
}

/** Something of the type that isn't a constant. */
export function operand(choices: Choices, scope: Scope, type: Scalar): string {
  return choices.pick(scope.names.filter((name) => name.type === type)).text;
}

/** An expression of the type; `depth` bounds its height. It can't fail. */
export function expression(choices: Choices, scope: Scope, type: Scalar, depth: number): string {
  if (depth === 0) return choices.maybe() ? literal(choices, type) : operand(choices, scope, type);
  switch (choices.below(6)) {
    case 0:
      return operand(choices, scope, type);
    case 1:
      return literal(choices, type);
    case 2:
      return cast(choices, scope, type, depth);
    case 3:
      return call(choices, scope, type, depth);
    default:
      return operation(choices, scope, type, depth);
  }
}

function cast(choices: Choices, scope: Scope, type: Scalar, depth: number): string {
  if (type === 'bool') return comparison(choices, scope, depth);
  const from = choices.pick(scalars.filter((scalar) => type !== 'f32' || scalar !== 'bool'));
  return `${type}(${nonConstant(choices, scope, from, depth - 1)})`;
}

function call(choices: Choices, scope: Scope, type: Scalar, depth: number): string {
  const fitting = scope.functions.filter(({ result }) => result === type);
  if (fitting.length === 0) return operation(choices, scope, type, depth);
  const { name, params } = choices.pick(fitting);
  return `${name}(${params.map((param) => expression(choices, scope, param, depth - 1)).join(', ')})`;
}

function operation(choices: Choices, scope: Scope, type: Scalar, depth: number): string {
  if (type === 'bool') return logic(choices, scope, depth);
  const left = nonConstant(choices, scope, type, depth - 1);
  if (type === 'f32') {
    if (choices.below(5) === 4) return `(-${left})`;
    return `(${left} ${choices.pick(FLOAT_OPERATORS)} ${expression(choices, scope, type, depth - 1)})`;
  }
  switch (choices.below(8)) {
    case 5:
      return shift(choices, scope, left, type);
    case 6:
      return `(${type.startsWith('i') ? choices.pick(['-', '~'] as const) : '~'}${left})`;
    case 7:
      return `(${left} ${choices.pick(['/', '%'] as const)} ${choices.pick(['3', '1', '7', '100'] as const)})`;
    default:
      return `(${left} ${choices.pick(INTEGER_OPERATORS)} ${expression(choices, scope, type, depth - 1)})`;
  }
}

/** By a constant below the width, or by any number, which is taken modulo the width. */
function shift(choices: Choices, scope: Scope, left: string, type: Scalar): string {
  const by = choices.maybe()
    ? String(choices.below(BITS[type] ?? 1))
    : operand(choices, scope, choices.pick(['u8', 'u16', 'u32'] as const));
  return `(${left} ${choices.pick(['<<', '>>'] as const)} ${by})`;
}

function logic(choices: Choices, scope: Scope, depth: number): string {
  const left = nonConstant(choices, scope, 'bool', depth - 1);
  switch (choices.below(4)) {
    case 0:
      return comparison(choices, scope, depth);
    case 1:
      return `(!${left})`;
    case 2:
      return `(${left} && ${expression(choices, scope, 'bool', depth - 1)})`;
    default:
      return `(${left} || ${expression(choices, scope, 'bool', depth - 1)})`;
  }
}

/** Sometimes with itself: random values are hardly ever equal, and `<` and `<=` differ only there. */
function comparison(choices: Choices, scope: Scope, depth: number): string {
  const type = choices.pick(scalars);
  const operators = type === 'bool' ? COMPARISONS.slice(0, 2) : COMPARISONS;
  const left = nonConstant(choices, scope, type, depth - 1);
  const right = choices.below(3) === 2 ? left : expression(choices, scope, type, depth - 1);
  return `(${left} ${choices.pick(operators)} ${right})`;
}

/** Two constants would be computed by the compiler, exactly, and refused where the result doesn't fit. */
function nonConstant(choices: Choices, scope: Scope, type: Scalar, depth: number): string {
  if (depth <= 0) return operand(choices, scope, type);
  return choices.maybe() ? operation(choices, scope, type, depth) : operand(choices, scope, type);
}
