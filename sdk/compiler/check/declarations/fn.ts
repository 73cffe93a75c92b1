import type * as ast from '../../parse/ast.js';
import type { Span } from '../../span.js';
import type { Context } from '../context.js';
import type { Fn, Statement, Variable } from '../program.js';
import { leaves, sequence } from '../statements/index.js';
import { resolveType } from '../typeref.js';
import { scalars, typeText } from '../types.js';

/** A function whose body is not yet checked. */
export interface Draft {
  readonly fn: Fn;
  readonly body: Statement[];
  readonly node: ast.FnDeclaration;
}

/** The head of `fn name(x: i32): i32 { … }`; all heads come before the bodies, so that order doesn't matter. */
export function fnHead(x: Context, node: ast.FnDeclaration): Draft | undefined {
  const params: Variable[] = [];
  let broken = false;
  for (const each of node.params) {
    const type = resolveType(x, each.type);
    if (type) params.push(x.local(each.name, type, false));
    else broken = true;
  }
  const result = node.result && resolveType(x, node.result);
  // Its calls would be casts.
  if (scalars.some((scalar) => scalar === node.name.text)) {
    x.bag.report('T0103', node.name.span, { word: node.name.text });
    return undefined;
  }
  if (broken || (node.result && !result)) {
    x.declare(node.name, { kind: 'broken' });
    return undefined;
  }
  const body: Statement[] = [];
  const fn: Fn = { name: node.name.text, params, ...(result && { result }), body, span: node.name.span };
  x.declare(node.name, { kind: 'fn', fn });
  x.functions.push(fn);
  x.calls.set(fn, []);
  return { fn, body, node };
}

/** The body of a function. */
export function fnBody(x: Context, { fn, body, node }: Draft): void {
  x.at({ kind: 'fn', fn, fors: 0 }, () => {
    node.params.forEach((each, i) => {
      const variable = fn.params[i];
      if (variable) x.declare(each.name, { kind: 'variable', variable });
    });
    body.push(...sequence(x, node.body.statements));
  });
  // A body with mistakes may lack the statements that leave it.
  if (fn.result && !leaves(body) && body.length === node.body.statements.length) {
    x.bag.report('T0327', fn.span, { name: fn.name, type: typeText(fn.result) });
  }
}

/**
 * Most functions that call each other in a row: keeps the compiler's own stack small, where one stands in place of its
 * call.
 */
const MAX_CALLS = 64;

/** Reports functions that call themselves, through others or not, once each circle, and calls that nest too deep. */
export function recursion(x: Context): void {
  /** Functions on the longest way down from each. */
  const done = new Map<Fn, number>();
  const visit = (fn: Fn, path: readonly { fn: Fn; span: Span }[]): number => {
    const start = path.findIndex((step) => step.fn === fn);
    if (start >= 0) {
      const circle = path.slice(start);
      const names = [...circle.map((step) => step.fn.name), fn.name].join(' → ');
      const notes = circle.map((step, i) => ({ span: step.span, text: `calls ${(circle[i + 1]?.fn ?? fn).name}` }));
      x.bag.report('T0406', fn.span, { name: fn.name, path: names }, { notes });
      return 0;
    }
    const known = done.get(fn);
    if (known !== undefined) return known;
    let depth = 1;
    for (const { fn: called, span } of x.calls.get(fn) ?? [])
      depth = Math.max(depth, 1 + visit(called, [...path, { fn, span }]));
    done.set(fn, depth);
    if (depth === MAX_CALLS + 1) x.bag.report('T0109', fn.span, { what: 'chain of calls', most: MAX_CALLS });
    return depth;
  };
  for (const fn of x.functions) visit(fn, []);
}
