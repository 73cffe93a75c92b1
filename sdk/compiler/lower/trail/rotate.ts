import type { Segment, Stmt } from '../ir.js';
import { not } from '../optimise/expression.js';

/**
 * Puts heads of loops behind the place that jumps back to them, which then falls into them: a jump back costs a write
 * of the program counter and a pass through the dispatch, a jump forward is one branch. Possible for a head that ends
 * with a wait, so that nothing falls out of it.
 */
export function rotate(layout: readonly Segment[]): Segment[] {
  const out = [...layout];
  // Inner loops end before outer ones, so each is seen as it will stay.
  for (let at = 0; at < out.length; at++) {
    const head = backTarget(out, at);
    if (!head || head.body.at(-1)?.op !== 'suspend') continue;
    const from = out.indexOf(head);
    const before = out[from - 1];
    const segment = out[at] as Segment;
    const after = out[at + 1];
    const jump = segment.body.at(-1) as Stmt;
    // What a conditional jump back fell into is now behind the head.
    if (jump.op === 'if' && !after) continue;
    segment.body = segment.body.slice(0, -1);
    if (jump.op === 'if' && after)
      segment.body = [
        ...segment.body,
        { op: 'if', condition: not(jump.condition), then: [{ op: 'goto', segment: after }], otherwise: [] },
      ];
    if (before && falls(before)) before.body = [...before.body, { op: 'goto', segment: head }];
    out.splice(from, 1);
    out.splice(at, 0, head);
  }
  return out;
}

/** True if the segment's end falls into what follows. */
const falls = ({ body }: Segment): boolean => body.at(-1)?.op !== 'goto' && body.at(-1)?.op !== 'suspend';

/** The earlier segment that the last statement of a segment jumps back to. */
function backTarget(layout: readonly Segment[], at: number): Segment | undefined {
  const last = layout[at]?.body.at(-1);
  const target =
    last?.op === 'goto'
      ? last.segment
      : last?.op === 'if' && last.otherwise.length === 0 && last.then.length === 1 && last.then[0]?.op === 'goto'
        ? last.then[0].segment
        : undefined;
  return target && layout.indexOf(target) < at ? target : undefined;
}
