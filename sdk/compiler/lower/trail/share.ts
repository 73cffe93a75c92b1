import type { Body } from '../context.js';
import type { Segment, Stmt } from '../ir.js';

/**
 * Segments that end with the same sleep share it: each writes the program counter and jumps to one arming of the timer.
 * `wait`: the statement that writes the counter for a segment. The shared stretch stands behind the last that uses it.
 */
export function shareSleeps(b: Body, layout: readonly Segment[], wait: (segment: Segment) => Stmt): Segment[] {
  const groups = new Map<string, Segment[]>();
  for (const segment of layout) {
    const key = sleepKey(segment);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), segment]);
  }
  const out = [...layout];
  for (const group of groups.values()) {
    const last = group.at(-1);
    if (!last || group.length < 2) continue;
    const [arm] = last.body.slice(-2) as [Stmt];
    const shared: Segment = {
      name: 'sleep',
      body: [arm, { op: 'return' }],
      label: b.label('sleep'),
      trips: last.trips,
    };
    for (const segment of group) {
      const suspend = segment.body.at(-1) as Stmt & { op: 'suspend' };
      const leave: Stmt[] = segment === last ? [] : [{ op: 'goto', segment: shared }];
      segment.body = [...segment.body.slice(0, -2), wait(suspend.segment), ...leave];
    }
    out.splice(out.indexOf(last) + 1, 0, shared);
  }
  return out;
}

/** Equal for segments that end by arming one timer with one constant and waiting. */
function sleepKey({ body }: Segment): string | undefined {
  const [arm, suspend] = body.slice(-2);
  if (
    suspend?.op !== 'suspend' ||
    arm?.op !== 'do' ||
    arm.value.op !== 'call' ||
    !('host' in arm.value.target) ||
    arm.value.target.host.name !== 'timer.after'
  )
    return undefined;
  const parts = arm.value.args.map((arg) => (arg.op === 'const' ? String(arg.value) : undefined));
  return parts.includes(undefined) ? undefined : parts.join();
}
