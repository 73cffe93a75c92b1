import { limits } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { settle } from '../coerce.js';
import type { Context } from '../context.js';
import { constant, expression } from '../expressions/index.js';
import type { Handle, Value, Variable } from '../program.js';
import { resolveType } from '../typeref.js';
import { rangeOf } from '../types.js';
import type { Type } from '../types.js';

/** `var x: f32 = 0`, `retain var …`: a global whose first value is part of the module. */
export function state(x: Context, node: ast.StateDeclaration): void {
  const found = initial(x, node);
  if (!found) {
    x.declare(node.name, { kind: 'broken' });
    return;
  }
  const variable = global(x, node.name, found.type, found.value, { retain: node.retain, param: false });
  x.declare(node.name, { kind: 'variable', variable });
}

function initial(x: Context, node: ast.StateDeclaration): { type: Type; value: Value } | undefined {
  const what = 'the first value of a variable';
  if (node.type) {
    const type = resolveType(x, node.type);
    const value = type && constant(x, node.value, type, what);
    return type && value !== undefined ? { type, value } : undefined;
  }
  const operand = settle(x, expression(x, node.value));
  if (!operand) return undefined;
  if (operand.expression.kind === 'const') return { type: operand.type, value: operand.expression.value };
  x.bag.report('T0307', node.value.span, { what }, { fix: 'start with a constant and assign it in the start-up code' });
  return undefined;
}

function global(
  x: Context,
  name: ast.Name,
  type: Type,
  value: Value,
  flags: { retain: boolean; param: boolean },
): Variable {
  if (new TextEncoder().encode(name.text).length > limits.name.value) {
    x.bag.report('T0502', name.span, { what: 'name', size: name.text.length, limit: limits.name.value });
  }
  const variable: Variable = {
    kind: 'global',
    name: name.text,
    type,
    mutable: !flags.param,
    ...flags,
    index: x.globals.length,
    initial: value,
    span: name.span,
  };
  x.globals.push(variable);
  return variable;
}

/** `param q: f32 = 0.01 in 0.0 ..= 1.0`: a global that an operator can change, and a handle. */
export function param(x: Context, node: ast.ParamDeclaration): void {
  const type = resolveType(x, node.type);
  const value = type && constant(x, node.value, type, 'the first value of a parameter');
  const range = type && limitsOf(x, node, type);
  if (!type || value === undefined || !range) {
    x.declare(node.name, { kind: 'broken' });
    return;
  }
  if (type.unit.text.length > 16)
    x.bag.report('T0502', node.type.span, { what: 'unit', size: type.unit.text.length, limit: 16 });
  // Turned round, so that a NaN is outside.
  if (!(value >= range.low && value <= range.high)) {
    x.bag.report('T0322', node.value.span, { value: String(value), low: String(range.low), high: String(range.high) });
  }
  const slot = x.globals.length;
  const variable = global(x, node.name, type, value, { retain: node.retain, param: true });
  const fields = {
    name: node.name.text,
    slot,
    type: paramType(type),
    min: range.low,
    max: range.high,
    unit: type.unit.text,
  };
  const handle: Handle = {
    number: x.handles.length,
    name: node.name.text,
    kind: 'param',
    fields,
    variable,
    span: node.name.span,
  };
  x.handles.push(handle);
  x.declare(node.name, { kind: 'variable', variable, handle });
}

/** Row of the contract's `paramTypes`: bool, i32, u32, i64, f32; the range says the rest. */
function paramType({ scalar }: Type): number {
  if (scalar === 'bool') return 0;
  if (scalar === 'u32') return 2;
  return scalar === 'i64' ? 3 : scalar === 'f32' ? 4 : 1;
}

function limitsOf(x: Context, node: ast.ParamDeclaration, type: Type): { low: Value; high: Value } | undefined {
  if (!node.range) {
    if (type.scalar === 'f32') {
      x.bag.report(
        'T0212',
        node.name.span,
        { word: 'in low ..= high', kind: 'an f32 parameter' },
        { fix: 'say what an operator may set: `in 0.0 ..= 1.0`' },
      );
      return undefined;
    }
    const { low, high } = rangeOf(type.scalar);
    return type.scalar === 'i64' ? { low: low.n, high: high.n } : { low: Number(low.n), high: Number(high.n) };
  }
  if (type.scalar === 'bool') {
    x.bag.report(
      'T0321',
      node.range.low.span,
      { type: 'a bool', where: 'a range', why: 'it is true or false' },
      { fix: 'remove the range' },
    );
    return undefined;
  }
  const low = constant(x, node.range.low, type, 'a range');
  const high = constant(x, node.range.high, type, 'a range');
  if (low === undefined || high === undefined) return undefined;
  if (high < low)
    x.bag.report('T0318', node.range.low.span, { step: '' }, { fix: `write \`${String(high)} ..= ${String(low)}\`` });
  return { low, high };
}
