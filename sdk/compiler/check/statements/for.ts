import type * as ast from '../../parse/ast.js';
import { compare } from '../../rational.js';
import { MICROSECOND, sameDimension } from '../../units.js';
import { isExact } from '../coerce.js';
import type { Operand } from '../coerce.js';
import type { Context } from '../context.js';
import { inUnit } from '../exact.js';
import { constant, expression } from '../expressions/index.js';
import type { Statement, Value } from '../program.js';
import { resolveType } from '../typeref.js';
import { isInteger, scalarType, typeText } from '../types.js';
import type { Type } from '../types.js';
import { block } from './index.js';

/** More rounds than any reaction budget allows. */
const MAX_TRIPS = 1_000_000n;

/** `for i in 0 ..= 9 step 3 { … }`: the number of rounds is known before the program runs. */
export function forStatement(x: Context, node: ast.ForStatement): Statement | undefined {
  const type = node.type ? resolveType(x, node.type) : inferred(x, node);
  if (type && !isInteger(type.scalar)) {
    x.bag.report('T0306', node.name.span, {
      operator: 'for',
      type: typeText(type),
      needs: 'it counts with an integer',
    });
    return undefined;
  }
  const range = type && counted(x, node, type);
  x.place.fors++;
  const checked = x.scope.nested(() => {
    const variable = type && x.local(node.name, type, false);
    x.declare(node.name, variable ? { kind: 'variable', variable } : { kind: 'broken' });
    return { variable, body: block(x, node.body) };
  });
  x.place.fors--;
  const { variable, body } = checked;
  return variable && range && { kind: 'for', variable, ...range, body, span: node.span };
}

/** A counter over constants is an i32, times in us; over typed bounds it has their type. */
function inferred(x: Context, node: ast.ForStatement): Type | undefined {
  const first = expression(x, node.first);
  const last = expression(x, node.last);
  if (!first || !last) return undefined;
  const typedBound = [first, last].find((operand): operand is Operand & { type: Type } => !isExact(operand));
  if (typedBound) return typedBound.type;
  if (!isExact(first) || !isExact(last)) return undefined;
  if (sameDimension(first.constant.unit, MICROSECOND)) return scalarType('i32', MICROSECOND);
  const finer =
    !sameDimension(first.constant.unit, last.constant.unit) ||
    compare(inUnit(first.constant, last.constant.unit).value, first.constant.value) >= 0;
  return scalarType('i32', finer ? last.constant.unit : first.constant.unit);
}

function counted(
  x: Context,
  node: ast.ForStatement,
  type: Type,
): { first: Value; step: Value; trips: number } | undefined {
  const what = 'the range of `for`';
  const first = constant(x, node.first, type, what);
  const last = constant(x, node.last, type, what);
  // A step may be negative though the counter is unsigned.
  const signed: Type = type.scalar === 'i64' ? type : scalarType('i32', type.unit);
  const step = node.step ? constant(x, node.step, signed, what) : type.scalar === 'i64' ? 1n : 1;
  if (first === undefined || last === undefined || step === undefined) return undefined;
  if (BigInt(step) === 0n) {
    x.bag.report('T0319', node.step?.span ?? node.head);
    return undefined;
  }
  const way = BigInt(last) - BigInt(first);
  const by = BigInt(step);
  const short = node.inclusive ? 0n : by > 0n ? 1n : -1n;
  const trips = (way - short) / by + 1n;
  if ((way - short) * by < 0n || trips <= 0n) {
    x.bag.report('T0318', node.head, { step: String(-by) + type.unit.text }, way === 0n ? { fix: 'write `..=`' } : {});
    return undefined;
  }
  if (trips > MAX_TRIPS) {
    x.bag.report('T0504', node.head, { count: String(trips), limit: String(MAX_TRIPS) });
    return undefined;
  }
  return { first, step, trips: Number(trips) };
}
