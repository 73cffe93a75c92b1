/**
 * Pushes that wait for devices that are off line: what must be there when they come, and what the broker has forgotten,
 * because one that restarts without persistence keeps no message.
 */
import { lostPlans, lostSteps, republish } from '../../ota/operator/lost.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import type { Step } from '../../ota/operator/rollout.js';
import type { Store, StoredPlan } from '../../ota/operator/store.js';
import type { Terminal } from '../terminal/terminal.js';
import { record } from './audit.js';
import type { FleetPlace, OpenFleet } from './open.js';
import { fleetFolder } from './state.js';
import { SqliteStore } from './store.js';
import { hint } from '../terminal/calling.js';

/** Names for a sentence: the first one and how many more. */
const someOf = (names: readonly string[]): string =>
  `${names[0] ?? ''}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`;

/**
 * What to say at the end of a push that waits for devices: a bundle that is detached has no app in it, so an operator
 * must be there when they come.
 */
export function fetchNote(steps: readonly Step[], nameOf: (device: string) => string): string | undefined {
  const waiting = steps.filter(({ state }) => state === 'sent');
  if (waiting.length === 0) return undefined;
  return (
    `the app is not in its bundle: ${someOf(waiting.map(({ device }) => nameOf(device)))} will ask an operator ` +
    `for it, so let ${hint`tars fleet watch`} run until then`
  );
}

/** What to say of a push whose bundle waits for devices at a broker that doesn't keep it any more. */
export function lostNote(
  { plan, kind }: Pick<StoredPlan, 'plan' | 'kind'>,
  steps: readonly Step[],
  { desired, nameOf }: { readonly desired: (device: string) => unknown; readonly nameOf: (device: string) => string },
): string | undefined {
  const lost = lostSteps(steps, desired);
  if (lost.length === 0) return undefined;
  const names = someOf(lost.map(({ device }) => nameOf(device)));
  return (
    `the broker doesn't keep bundle ${plan.number} any more, which waits there for ${names}: run the same ` +
    `${hint`tars ota ${kind}`} again, or ${hint`tars fleet watch`}, which publish it again; ` +
    'persistence at the broker prevents that'
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

/** Publishes again what the broker has forgotten of the pushes of this machine, and says so. */
export async function publishLost(
  { fleet, place, lost }: Pick<OpenFleet, 'fleet' | 'place' | 'lost'>,
  store: Pick<Store, 'plans' | 'steps'>,
  terminal: Terminal,
): Promise<void> {
  const { root } = place.file;
  const plans = lostPlans(fleet, store, root.epoch);
  await Promise.race([republish(fleet, plans), lost]);
  for (const { stored, devices } of plans) {
    const names = devices.map((device) => fleet.enrolment.get(device)?.name ?? device);
    record(root.owner, place.settings.fleet, 'republish', { number: stored.plan.number, devices });
    terminal.note(
      `the broker had forgotten bundle ${stored.plan.number}, which waits there for ${someOf(names)}: it is ` +
        'published again; persistence at the broker prevents that',
    );
  }
}

/** The same for whoever watches, from what the pushes of this machine have left. */
export async function publishLostHere(opened: OpenFleet, terminal: Terminal): Promise<void> {
  const { file, settings } = opened.place;
  const store = await SqliteStore.look(fleetFolder(file.root.owner, settings.fleet));
  try {
    if (store) await publishLost(opened, store, terminal);
  } finally {
    store?.close();
  }
}
