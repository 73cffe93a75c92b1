import type { Trail } from '../../check/program.js';
import { Body } from '../context.js';
import type { Lowering } from '../context.js';
import type { Code } from '../inline.js';
import type { Stmt } from '../ir.js';
import { statements } from '../statements/index.js';
import { assemble } from './assemble.js';
import type { TrailCode } from './assemble.js';
import { sequence } from './sequencer.js';
import { keyOf, segmentsOf } from './subtrail.js';

export type { TrailCode } from './assemble.js';
export type { Key } from './subtrail.js';

/** A lowered trail whose stretches of code may still be rewritten before they are put together. */
export interface TrailDraft {
  readonly code: readonly Code[];
  assemble(): TrailCode;
}

/** Lowers a trail. */
export function lowerTrail(shared: Lowering, trail: Trail): TrailDraft {
  const b = new Body(shared);
  switch (trail.kind) {
    case 'tick': {
      const label = b.label('tick');
      const code: Code = { body: statements(b, trail.body, { again: label }) };
      const block = (): Stmt => ({ op: 'block', label, body: code.body });
      return { code: [code], assemble: () => ({ start: [], wakes: new Map([[keyOf(trail.event), [block()]]]) }) };
    }
    case 'loop': {
      const tree = sequence(b, trail.body);
      return { code: segmentsOf(tree), assemble: () => assemble(b, tree) };
    }
  }
}
