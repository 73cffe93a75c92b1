import type * as ast from '../../parse/ast.js';
import { isExact } from '../coerce.js';
import type { Context } from '../context.js';
import { constant as constantValue, expression } from '../expressions/index.js';
import type { Meaning } from '../scope.js';
import { resolveType } from '../typeref.js';
import { constantOf } from '../coerce.js';

/** `const N = 3` stays exact until it is used; `const N: u8 = 3` has a type. */
export function constant(x: Context, node: ast.ConstDeclaration): void {
  x.declare(node.name, meaning(x, node) ?? { kind: 'broken' });
}

function meaning(x: Context, node: ast.ConstDeclaration): Meaning | undefined {
  if (node.type) {
    const type = resolveType(x, node.type);
    const value = type && constantValue(x, node.value, type, 'a `const`');
    return type && value !== undefined
      ? { kind: 'typed', constant: constantOf(type, value, node.value.span) }
      : undefined;
  }
  const operand = expression(x, node.value);
  if (!operand) return undefined;
  if (isExact(operand)) return { kind: 'exact', constant: operand.constant };
  if (operand.expression.kind === 'const') return { kind: 'typed', constant: operand.expression };
  x.bag.report('T0307', node.value.span, { what: 'a `const`' }, { fix: 'write `var` or `let`' });
  return undefined;
}
