import type { Expression, Fn, Program, Statement } from '../check/program.js';

/** At how many places each function is called, in code that is reached. Zero: it needs no code. */
export function countCalls(program: Program): Map<Fn, number> {
  const counts = new Map<Fn, number>();
  const expression = (e: Expression): void => {
    if (e.kind === 'call') {
      const before = counts.get(e.fn) ?? 0;
      counts.set(e.fn, before + 1);
      if (before === 0) e.fn.body.forEach(statement);
    }
    if (e.kind === 'call' || e.kind === 'host') e.args.forEach(expression);
    if (e.kind === 'unary' || e.kind === 'cast') expression(e.operand);
    if (e.kind === 'binary') [e.left, e.right].forEach(expression);
  };
  const statement = (s: Statement): void => {
    for (const e of expressionsOf(s)) expression(e);
    for (const body of bodiesOf(s)) body.forEach(statement);
  };
  program.startup.forEach(statement);
  for (const trail of program.trails) trail.body.forEach(statement);
  return counts;
}

function expressionsOf(s: Statement): readonly Expression[] {
  switch (s.kind) {
    case 'declare':
    case 'assign':
    case 'effect':
      return s.otherwise?.value ? [s.value, s.otherwise.value] : [s.value];
    case 'if':
      return [s.condition];
    case 'match':
      return [s.subject];
    case 'return':
      return s.value ? [s.value] : [];
    case 'log':
      return s.args;
    case 'send':
      return s.fields;
    case 'sleep':
      return [s.duration];
    default:
      return [];
  }
}

function bodiesOf(s: Statement): readonly (readonly Statement[])[] {
  switch (s.kind) {
    case 'declare':
    case 'assign':
    case 'effect':
      return s.otherwise ? [s.otherwise.body] : [];
    case 'if':
      return [s.then, s.otherwise];
    case 'match':
      return [...s.arms.map((arm) => arm.body), s.otherwise];
    case 'for':
      return [s.body];
    default:
      return [];
  }
}
