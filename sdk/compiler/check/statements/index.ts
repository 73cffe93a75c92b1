import type * as ast from '../../parse/ast.js';
import type { Span } from '../../span.js';
import type { Context } from '../context.js';
import type { Statement } from '../program.js';
import { constant } from '../declarations/const.js';
import { assign } from './assign.js';
import { continues, returns } from './control.js';
import { effect } from './effect.js';
import { forStatement } from './for.js';
import { ifStatement } from './if.js';
import { letStatement } from './let.js';
import { log } from './log.js';
import { match } from './match.js';
import { awaits, sleeps } from './sequence.js';

/** Checks one statement; what it stands for, or nothing if it is wrong or only declares. */
export function statement(x: Context, node: ast.Statement): Statement | undefined {
  switch (node.kind) {
    case 'let':
      return letStatement(x, node);
    case 'const':
      constant(x, node);
      return undefined;
    case 'assign':
      return assign(x, node);
    case 'expression':
      return effect(x, node);
    case 'if':
      return ifStatement(x, node);
    case 'match':
      return match(x, node);
    case 'for':
      return forStatement(x, node);
    case 'continue':
      return continues(x, node);
    case 'return':
      return returns(x, node);
    case 'log':
      return log(x, node);
    case 'await':
      return awaits(x, node);
    case 'sleep':
      return sleeps(x, node);
    case 'loop':
      x.bag.report('T0405', node.head);
      return undefined;
  }
}

/** Checks a block in a scope of its own. */
export const block = (x: Context, node: ast.Block): Statement[] => x.scope.nested(() => sequence(x, node.statements));

/** Checks statements in order; reports what is never reached once. */
export function sequence(x: Context, nodes: readonly ast.Statement[]): Statement[] {
  const list: Statement[] = [];
  let unreachable: Span | undefined;
  for (const node of nodes) {
    if (list.length > 0 && leaves(list) && !unreachable) {
      unreachable = node.span;
      x.bag.report('T0409', unreachable);
    }
    const checked = statement(x, node);
    if (checked) list.push(checked);
  }
  return list;
}

/** True if the end of the statements is never reached. */
export function leaves(list: readonly Statement[]): boolean {
  const last = list.at(-1);
  if (!last) return false;
  switch (last.kind) {
    case 'continue':
    case 'return':
      return true;
    case 'if':
      return leaves(last.then) && leaves(last.otherwise);
    case 'match':
      // A `match` without `_` covers every value, so its empty `otherwise` is never chosen.
      return last.arms.every((arm) => leaves(arm.body)) && (last.exhaustive || leaves(last.otherwise));
    case 'declare':
    case 'assign':
    case 'effect':
    case 'for':
    case 'log':
    case 'send':
    case 'await':
    case 'sleep':
      return false;
  }
}
