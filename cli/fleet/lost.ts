/** Pushes that the broker has forgotten: one that restarts without persistence keeps no message. */
import type { Fleet } from '../../ota/operator/fleet.js';
import type { Step } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import type { FleetPlace } from './open.js';
import { fleetFolder } from './state.js';
import { SqliteStore } from './store.js';
import { hint } from '../terminal/calling.js';

/** What to say of a push whose bundle waits for devices at a broker that doesn't keep it any more. */
export function lostNote(
  { plan, kind }: Pick<StoredPlan, 'plan' | 'kind'>,
  steps: readonly Step[],
  { desired, nameOf }: { readonly desired: (device: string) => unknown; readonly nameOf: (device: string) => string },
): string | undefined {
  const lost = steps.filter(({ state, device }) => state === 'sent' && desired(device) === undefined);
  if (lost.length === 0) return undefined;
  const [first, more] = [nameOf(lost[0]?.device ?? ''), lost.length > 1 ? ` and ${lost.length - 1} more` : ''];
  return (
    `the broker doesn't keep bundle ${plan.number} any more, which waits there for ${first}${more}: run the same ` +
    `${hint`tars ota ${kind}`} again, it goes on where it was; persistence at the broker prevents that`
  );
}

/** The same of the last push that this machine knows. */
export async function lostAtBroker({ file, settings }: FleetPlace, fleet: Fleet): Promise<string | undefined> {
  const store = await SqliteStore.look(fleetFolder(file.root.owner, settings.fleet));
  try {
    const newest = store?.plans()[0];
    return (
      store &&
      newest &&
      lostNote(newest, store.steps(newest.plan), {
        desired: (device) => fleet.desired(device),
        nameOf: (device) => fleet.enrolment.get(device)?.name ?? device.slice(0, 8),
      })
    );
  } finally {
    store?.close();
  }
}
