/** Host calls that a program needs and its board's firmware has not, each with the first place that needs it. */
import { type GroupName, groups, type HostCall } from '../../../hal/contract/index.js';
import type { Board } from '../board.js';
import { childrenOf } from './children.js';
import type { Expression, Program, Statement } from './program.js';
import type { Span } from '../span.js';

export interface Lacking {
  readonly call: HostCall;
  readonly group: GroupName;
  readonly span: Span;
}

type Node = Statement | Expression;

/** True if a node makes the call, by its name or because its kind stands for calls of the group. */
function needs(node: Node, call: HostCall, group: GroupName): boolean {
  switch (node.kind) {
    case 'host':
      return node.call.id === call.id;
    case 'send':
    case 'field':
      return group === 'message';
    case 'log':
      return group === 'log' || group === 'message';
    case 'sleep':
      return group === 'timer';
    case 'declare':
    case 'assign':
    case 'effect':
    case 'if':
    case 'match':
    case 'for':
    case 'continue':
    case 'return':
    case 'await':
    case 'const':
    case 'variable':
    case 'argument':
    case 'unary':
    case 'binary':
    case 'cast':
    case 'call':
      return false;
  }
}

const groupOf = (call: HostCall): GroupName =>
  (Object.keys(groups) as GroupName[]).find((name) => groups[name].some(({ id }) => id === call.id)) as GroupName;

/** Nodes in the order of the source. */
function* nodesOf(list: readonly Node[]): Generator<Node> {
  for (const node of list) {
    yield node;
    const { expressions, blocks } = childrenOf(node);
    yield* nodesOf(expressions);
    for (const block of blocks) yield* nodesOf(block);
  }
}

function bodiesOf({ startup, functions, trails }: Program): readonly Statement[] {
  return [...startup, ...functions.flatMap(({ body }) => body), ...trails.flatMap(({ body }) => body)];
}

/** Those of `needed` that the board has not. */
export function lackingCalls(program: Program, needed: readonly HostCall[], board: Board): readonly Lacking[] {
  return needed.flatMap((call) => {
    const group = groupOf(call);
    if (board.calls.includes(group)) return [];
    const first = [...nodesOf(bodiesOf(program))].find((node) => needs(node, call, group));
    return [{ call, group, span: first?.span ?? { start: 0, end: 0 } }];
  });
}
