/** Which devices of a fleet are meant, and what has to hold before something is changed on them. */
import type { Root } from '../../ota/host/root.js';
import type { Device } from '../../ota/operator/devices.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { usageError, UserError } from '../errors.js';

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
export function oneDevice(all: readonly Device[], text: string): Device {
  const found = all.filter(
    ({ id, birth }) => id === text || birth.name === text || (/^[0-9a-f]{8,}$/.test(text) && id.startsWith(text)),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = all.map(({ id, birth }) => `${birth.name} (${id.slice(0, 8)})`).join(', ');
  if (only)
    throw new UserError(
      'many_devices',
      `${found.length} devices are called ${text}: ${found.map(({ id }) => id).join(', ')}`,
      { cure: 'name the one that you mean by its id' },
    );
  throw new UserError('unknown_device', `there is no device ${text} in this fleet`, {
    cure:
      names === ''
        ? 'no device of this owner has ever been on line here; see `tars provision`'
        : `choose among ${names}`,
  });
}

/** A device's clock that is ahead of ours: what we sign now it would refuse as past. */
const SLACK_S = 120;

/** Throws if the clock of this computer is behind what a device has already seen signed. */
export function checkClock(devices: readonly Device[], nowMs: number): void {
  const now = Math.floor(nowMs / 1000);
  const ahead = devices.find(({ birth }) => birth.time > now + SLACK_S);
  if (!ahead) return;
  const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  throw new UserError(
    'past',
    `${ahead.birth.name} has seen something signed at ${day(ahead.birth.time)}, and the clock of this computer ` +
      `says ${day(now)}`,
    { cure: 'set the clock of this computer; what is signed with an earlier time the devices refuse' },
  );
}

/**
 * Throws if a device on line follows another root document than the one that new bundles are signed under: it would
 * refuse them.
 */
export function checkRoots(devices: readonly Device[], root: Root): void {
  const newer = devices.find(({ birth }) => birth.root > root.version);
  if (newer)
    throw new UserError(
      'root_version',
      `${newer.birth.name} follows root document ${newer.birth.root}, and this machine knows ${root.version}`,
      { cure: 'name the newer one with --root FILE' },
    );
  const older = devices.find(({ online, birth }) => online && birth.root < root.version);
  if (older)
    throw new UserError(
      'root_version',
      `${older.birth.name} still follows root document ${older.birth.root}, and bundles are signed under ` +
        `${root.version}`,
      { cure: 'give the fleet the document first, with `tars fleet root FILE`' },
    );
}

/** What says that an earlier push has to end first. */
export const unfinishedError = ({ label, plan, kind }: StoredPlan): UserError =>
  new UserError(
    'unfinished',
    `the ${kind} ${kind === 'push' ? 'of' : 'to'} ${label} (bundle ${plan.number}) was not finished`,
    {
      cure: `finish it with \`tars ota ${kind === 'push' ? `push ${label}` : kind}\`, or end it with \`tars ota stop\``,
    },
  );

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
