import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../interpreter/generate.js';
import { buildGood, KALMAN, SWEEP } from '../testing/programs.js';
import { childrenOf } from './children.js';
import type { Expression, Program, Statement } from './program.js';

type Node = Statement | Expression;

/** Fields that lead to something declared elsewhere, not to a part of the node. */
const REFERENCES: ReadonlySet<string> = new Set([
  'variable',
  'handle',
  'timer',
  'source',
  'fn',
  'call',
  'type',
  'span',
]);

/** All nodes below the statements, found in their objects without knowing any kind. */
function found(value: unknown, nodes: Set<unknown> = new Set()): Set<unknown> {
  if (typeof value !== 'object' || value === null) return nodes;
  if ('kind' in value && 'span' in value) nodes.add(value);
  for (const [key, part] of Object.entries(value)) if (!REFERENCES.has(key)) found(part, nodes);
  return nodes;
}

/** All nodes that `childrenOf` leads to. */
function walked(list: readonly Node[], nodes: Set<unknown> = new Set()): Set<unknown> {
  for (const node of list) {
    nodes.add(node);
    const { expressions, blocks } = childrenOf(node);
    walked(expressions, nodes);
    for (const block of blocks) walked(block, nodes);
  }
  return nodes;
}

const bodies = ({ startup, trails, functions }: Program): (readonly Statement[])[] => [
  startup,
  ...[...trails, ...functions].map(({ body }) => body),
];

describe('the children of statements and expressions', () => {
  it('are all that their objects hold, in random programs', () => {
    const kinds = new Set<string>();
    const same = (source: string): void => {
      for (const body of bodies(buildGood(source).program)) {
        const nodes = walked(body);
        const all = found(body);
        expect([...all].filter((node) => !nodes.has(node))).toEqual([]);
        expect(nodes.size).toBe(all.size);
        for (const node of nodes) kinds.add((node as Node).kind);
      }
    };
    [KALMAN, SWEEP].forEach(same);
    fc.assert(fc.property(programs, same), { numRuns: 40, seed: 3 });
    expect(kinds.size).toBe(12 + 9);
  });
});
