/**
 * What a rollback takes back. Sources that went to several classes of boards are one push with a plan for each class.
 */
import type { Store, StoredPlan } from './store.js';

/** The plan that brought what runs now, and the one whose app ran before it on the same class of boards. */
export interface TakenBack {
  readonly newer: StoredPlan;
  readonly older: StoredPlan;
}

export interface Rollback {
  readonly startedMs: number;
  readonly pairs: readonly TakenBack[];
}

/**
 * Rollbacks that are possible, the one that is meant first; empty if nothing was pushed. A rollback that was killed
 * between two classes is gone on with: taking back what it did would bring the newer app to one class, and leave it on
 * the other. `classOf`: class of boards of a plan's app.
 */
export function rollbacks(
  store: Store,
  classOf: (plan: StoredPlan) => string | undefined,
  nowMs: number,
): readonly Rollback[] {
  const plans = store
    .plans()
    .filter(
      ({ plan, state }) =>
        state === 'running' || (state !== 'superseded' && store.steps(plan).some((step) => step.state === 'committed')),
    );
  const [last] = plans;
  if (!last) return [];
  const together = (one: StoredPlan): readonly StoredPlan[] =>
    plans.filter(({ startedMs }) => startedMs === one.startedMs);
  const before = (newer: StoredPlan): StoredPlan | undefined =>
    plans
      .slice(plans.indexOf(newer) + 1)
      .find((each) => each.image !== newer.image && classOf(each) === classOf(newer));
  const pairs = (all: readonly StoredPlan[]): readonly TakenBack[] =>
    all.flatMap((newer) => {
      const older = before(newer);
      return older ? [{ newer, older }] : [];
    });
  const push = last.kind === 'rollback' ? before(last) : undefined;
  const begun = together(last).map(classOf);
  const rest = push ? together(push).filter((each) => !begun.includes(classOf(each))) : [];
  return [
    { startedMs: last.startedMs, pairs: pairs(rest) },
    { startedMs: nowMs, pairs: pairs(together(last)) },
  ];
}
