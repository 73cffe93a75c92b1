import type { Expression, Statement } from './program.js';

/** What a node of the checked program holds directly. */
export interface Children {
  /** In the order of their evaluation. */
  readonly expressions: readonly Expression[];
  /** In the order of the source. */
  readonly blocks: readonly (readonly Statement[])[];
}

const NONE: Children = { expressions: [], blocks: [] };
const expressions = (list: readonly Expression[]): Children => ({ expressions: list, blocks: [] });

/**
 * The one place that knows what each kind of statement and expression holds. Bodies of called functions are not held.
 */
export function childrenOf(node: Statement | Expression): Children {
  switch (node.kind) {
    case 'declare':
    case 'assign':
    case 'effect': {
      const { value, otherwise } = node;
      return {
        expressions: [value, ...(otherwise?.value ? [otherwise.value] : [])],
        blocks: otherwise ? [otherwise.body] : [],
      };
    }
    case 'if':
      return { expressions: [node.condition], blocks: [node.then, node.otherwise] };
    case 'match':
      return { expressions: [node.subject], blocks: [...node.arms.map((arm) => arm.body), node.otherwise] };
    case 'for':
      return { expressions: [], blocks: [node.body] };
    case 'return':
      return expressions(node.value ? [node.value] : []);
    case 'send':
      return expressions(node.fields);
    case 'sleep':
      return expressions([node.duration]);
    case 'unary':
    case 'cast':
      return expressions([node.operand]);
    case 'binary':
      return expressions([node.left, node.right]);
    case 'log':
    case 'host':
    case 'call':
      return expressions(node.args);
    case 'continue':
    case 'await':
    case 'const':
    case 'variable':
    case 'field':
    case 'argument':
      return NONE;
  }
}

/** Whether a trail waits at a statement of each kind itself, not only inside of it. */
const WAITS: Readonly<Record<Statement['kind'], boolean>> = {
  declare: false,
  assign: false,
  effect: false,
  if: false,
  match: false,
  for: false,
  continue: false,
  return: false,
  log: false,
  send: false,
  await: true,
  sleep: true,
};

/** Places in the statements at which a trail waits. */
export const countWaits = (list: readonly Statement[]): number =>
  list.reduce(
    (sum, each) =>
      childrenOf(each).blocks.reduce((all, block) => all + countWaits(block), sum + (WAITS[each.kind] ? 1 : 0)),
    0,
  );

/** True if the expression or one inside of it calls a function of the source. */
export const callsFunction = (e: Expression): boolean =>
  e.kind === 'call' || childrenOf(e).expressions.some(callsFunction);
