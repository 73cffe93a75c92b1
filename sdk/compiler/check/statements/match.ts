import type * as ast from '../../parse/ast.js';
import { settle } from '../coerce.js';
import type { Context } from '../context.js';
import { constant, expression } from '../expressions/index.js';
import type { MatchArm, Statement, Value } from '../program.js';
import { isInteger, rangeOf, typeText } from '../types.js';
import type { Type } from '../types.js';
import { block } from './index.js';

/** `match subject { 0 => …  1 | 4 ..= 6 => …  _ => … }`. */
export function match(x: Context, node: ast.MatchStatement): Statement | undefined {
  const subject = settle(x, expression(x, node.subject));
  if (subject && !isInteger(subject.type.scalar) && subject.type.scalar !== 'bool') {
    x.bag.report('T0306', node.subject.span, {
      operator: 'match',
      type: typeText(subject.type),
      needs: 'it needs an integer or a bool',
    });
    return undefined;
  }
  const arms: MatchArm[] = [];
  const before: Range[] = [];
  let otherwise: Statement[] | undefined;
  for (const arm of node.arms) {
    if (otherwise) x.bag.report('T0326', arm.span);
    const taken: Range[] = [];
    for (const pattern of subject ? arm.patterns : []) {
      const found = subject && range(x, pattern, subject.type, before);
      if (found) taken.push(found);
    }
    const body = block(x, arm.body);
    if (arm.patterns.length === 0) otherwise = body;
    else arms.push({ ranges: taken, body });
  }
  if (!subject) return undefined;
  const exhaustive = covers(arms, subject.type);
  const broken = node.arms.some((arm) => arm.patterns.length > 0) && arms.some((arm) => arm.ranges.length === 0);
  if (!otherwise && !exhaustive && !broken) {
    x.bag.report('T0325', node.subject.span, {
      missing:
        subject.type.scalar === 'bool' ? 'true and false are both possible' : 'what happens with other values is open',
    });
  }
  return { kind: 'match', subject: subject.expression, arms, otherwise: otherwise ?? [], exhaustive, span: node.span };
}

type Range = MatchArm['ranges'][number];

/** The values of a pattern. They are added to those `before`, which are in order and apart. */
function range(x: Context, pattern: ast.MatchArm['patterns'][number], type: Type, before: Range[]): Range | undefined {
  const low = constant(x, pattern.low, type, 'a pattern');
  const high = pattern.high ? constant(x, pattern.high, type, 'a pattern') : low;
  if (low === undefined || high === undefined) return undefined;
  if (high < low) {
    x.bag.report('T0318', pattern.low.span, { step: 1 }, { fix: `write \`${String(high)} ..= ${String(low)}\`` });
    return undefined;
  }
  const at = firstFrom(before, low);
  const next = before[at];
  if (next && next.low <= high) x.bag.report('T0324', pattern.low.span, { value: String(low) });
  else before.splice(at, 0, { low, high });
  return { low, high };
}

/** Index of the first range that ends at `low` or above. */
function firstFrom(ranges: readonly Range[], low: Value): number {
  let [from, to] = [0, ranges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ranges[middle] as Range).high < low) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** True if the arms have every value of the type. */
function covers(arms: readonly MatchArm[], type: Type): boolean {
  const { low, high } = rangeOf(type.scalar);
  const ranges = arms.flatMap((arm) => arm.ranges).sort((a, b) => (a.low < b.low ? -1 : 1));
  let next = low.n;
  for (const each of ranges) {
    if (BigInt(each.low) > next) return false;
    if (BigInt(each.high) >= next) next = BigInt(each.high) + 1n;
  }
  return next > high.n;
}
