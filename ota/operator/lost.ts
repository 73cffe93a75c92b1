/**
 * Bundles that wait at a broker for devices that are off line, and that it has forgotten: one that restarts without
 * persistence keeps no message. What the operator has signed is published again, if nobody has pushed anything newer.
 */
import type { Fleet } from './fleet.js';
import type { Step } from './rollout.js';
import type { Store, StoredPlan } from './store.js';

/** Steps of a plan whose bundle should be at the broker and isn't. */
export const lostSteps = (steps: readonly Step[], desired: (device: string) => unknown): readonly Step[] =>
  steps.filter(({ state, device }) => state === 'sent' && desired(device) === undefined);

/** A plan with devices for which the broker has forgotten it. */
export interface Lost {
  readonly stored: StoredPlan;
  readonly devices: readonly string[];
}

/**
 * What may be published again: for each device the newest plan that it is in, unless that was stopped, somebody else
 * has a higher number at the broker, or the device has one.
 */
export function lostPlans(fleet: Fleet, store: Pick<Store, 'plans' | 'steps'>, epoch: number): readonly Lost[] {
  const plans = store.plans().filter(({ plan }) => plan.epoch === epoch);
  if (fleet.newestNumber > Math.max(0, ...plans.map(({ plan }) => plan.number))) return [];
  const seen = new Set<string>();
  return plans.flatMap((stored): Lost[] => {
    const steps = store.steps(stored.plan).filter(({ device }) => !seen.has(device));
    for (const { device } of steps) seen.add(device);
    if (stored.state !== 'running' && stored.state !== 'done') return [];
    const behind = (device: string): boolean => {
      const birth = fleet.devices.get(device)?.birth;
      return (
        fleet.enrolment.get(device) !== undefined && !(birth?.epoch === epoch && birth.number >= stored.plan.number)
      );
    };
    const devices = lostSteps(steps, (device) => fleet.desired(device))
      .map(({ device }) => device)
      .filter(behind);
    return devices.length > 0 ? [{ stored, devices }] : [];
  });
}

/** Publishes it. */
export async function republish(fleet: Fleet, lost: readonly Lost[]): Promise<void> {
  for (const { stored, devices } of lost) for (const device of devices) await fleet.want(device, stored.bundle);
}
