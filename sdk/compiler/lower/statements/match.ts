import type { Expression, MatchArm, Statement } from '../../check/program.js';
import type { Body, Exits } from '../context.js';
import { constant, value } from '../expressions/index.js';
import { binary, get, i32, i64, wasmType } from '../ir.js';
import type { Expr, Stmt } from '../ir.js';
import { statements } from './index.js';

type Match = Statement & { kind: 'match' };

/** A chain of tests; the last arm of a complete match needs none. */
export function match(b: Body, s: Match, exits: Exits): Stmt[] {
  const { before, tests } = matchTests(b, s);
  let rest = statements(b, s.otherwise, exits);
  for (let i = s.arms.length - 1; i >= 0; i--) {
    const then = statements(b, s.arms[i]?.body ?? [], exits);
    const condition = tests[i];
    rest = condition ? [{ op: 'if', condition, then, otherwise: rest }] : then;
  }
  return [...before, ...rest];
}

/** The test of each arm on the subject, which `before` puts into a slot; none for the last arm of a complete match. */
export function matchTests(b: Body, s: Match): { before: Stmt[]; tests: (Expr | undefined)[] } {
  const { scalar } = s.subject.type as NonNullable<Expression['type']>;
  const slot = b.temporary(wasmType(scalar));
  const before: Stmt[] = [{ op: 'set', slot, value: value(b, s.subject) }];
  const tests = s.arms.map((arm, i) =>
    s.exhaustive && i === s.arms.length - 1 ? undefined : armTest(arm, get(slot), scalar),
  );
  return { before, tests };
}

function armTest(arm: MatchArm, subject: Expr, scalar: Parameters<typeof constant>[0]): Expr {
  const type = wasmType(scalar);
  const tests = arm.ranges.map(({ low, high }): Expr => {
    if (low === high) return binary(`${type}.eq`, subject, constant(scalar, low));
    const span = BigInt(high) - BigInt(low);
    const offset = binary(`${type}.sub`, subject, constant(scalar, low));
    return binary(
      `${type}.le_u`,
      offset,
      type === 'i64' ? i64(BigInt.asIntN(64, span)) : i32(Number(BigInt.asIntN(32, span))),
    );
  });
  return tests.reduce((all, one) => binary('i32.or', all, one));
}
