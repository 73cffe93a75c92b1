/** Which devices of a fleet are meant, and what has to hold before something is changed on them. */
import type { Root } from '../../ota/host/root.js';
import type { Device } from '../../ota/operator/devices.js';
import type { Member } from '../../ota/operator/enrolment.js';
import type { LeftOut } from '../../ota/operator/fit.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { usageError, UserError } from '../errors.js';
import { hint } from '../terminal/calling.js';
import { didYouMean } from '../terminal/near.js';

export interface Selection {
  /** Names or ids; empty: all. */
  readonly devices: readonly string[];
  /** Devices of the groups that were named. */
  readonly groups: readonly (readonly string[])[];
}

/** The devices that are meant. Throws a UserError for a name that is empty, that nobody has, or that several have. */
export function selectDevices(all: readonly Device[], { devices, groups }: Selection): readonly Device[] {
  const wanted = [...devices.flatMap((text) => text.split(',')), ...groups.flat()];
  // A script's variable that is empty must not choose the whole fleet.
  if (wanted.includes('')) throw usageError('--device takes names or ids of devices, and one of them is empty', 'ota');
  if (wanted.length === 0) return all;
  return [...new Set(wanted.map((text) => oneDevice(all, text)))];
}

/** The one device that is meant by a name, an id or the beginning of one (8 digits at least). */
export function oneDevice<M extends Member>(all: readonly M[], text: string): M {
  const found = all.filter(
    ({ id, name }) => id === text || name === text || (/^[0-9a-f]{8,}$/.test(text) && id.startsWith(text)),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = all.map(({ id, name }) => `${name} (${id.slice(0, 8)})`).join(', ');
  if (only)
    throw new UserError(
      'many_devices',
      `${found.length} devices are called ${text}: ${found.map(({ id }) => id).join(', ')}`,
      { cure: 'name the one that you mean by its id' },
    );
  const near = didYouMean(
    text,
    all.map(({ name }) => name),
  );
  throw new UserError('unknown_device', `there is no device ${text} in this fleet${near}`, {
    cure:
      names === ''
        ? 'no device is enrolled; `tars provision` enrols one, and `tars fleet list` shows whom nobody has enrolled'
        : `choose among ${names}`,
  });
}

/** Throws if the owner has signed a newer root document than the one that new bundles would be signed under. */
export function checkRoot(root: Root, newest: number): void {
  if (newest > root.version)
    throw new UserError(
      'root_version',
      `the fleet follows root document ${newest}, and this machine knows ${root.version}`,
      { cure: 'name the newer one with --root FILE' },
    );
}

/** What helps a device that can't take a bundle, by the refusal that it would answer with. */
export function cureOf({ error, device: { name, birth } }: LeftOut): string {
  const cures: Partial<Record<LeftOut['error'], string>> = {
    root_version: 'give the fleet the newest document, with `tars fleet root FILE`',
    rollback: `if it is right, push with --number ${birth.number + 1}; if not, ${hint`tars fleet revoke ${name}`}`,
    fast_forward: 'send a root document with a higher `sequence` first (`tars keys root --sequence`)',
  };
  return cures[error] ?? `find out what it is; ${hint`tars fleet revoke ${name}`} if it is not yours any more`;
}

/** What says that an earlier push has to end first. */
export function unfinishedError({ label, plan, kind }: StoredPlan): UserError {
  const finish = hint`tars ota ${kind === 'push' ? ['push', label] : kind}`;
  return new UserError(
    'unfinished',
    `the ${kind} ${kind === 'push' ? 'of' : 'to'} ${label} (bundle ${plan.number}) was not finished`,
    { cure: `finish it with ${finish}, or end it with \`tars ota stop\`` },
  );
}

/**
 * What says that an earlier push can't be finished any more: its bundle is signed as the root document of then wanted.
 */
export const otherRootError = ({ label, plan, kind }: StoredPlan): UserError =>
  new UserError(
    'root_version',
    `the ${kind} ${kind === 'push' ? 'of' : 'to'} ${label} (bundle ${plan.number}) was not finished, and devices ` +
      'that follow the root document of now refuse its bundle',
    {
      cure: 'end it with `tars ota stop`, then push again',
    },
  );
