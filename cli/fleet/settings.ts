/**
 * What this machine knows of fleets: where their brokers are. So that commands after `tars provision` need only a name.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerAddress, fleetName } from './brokers.js';
import { UserError } from '../errors.js';
import { writeWhole } from '../files.js';
import { settingsFolder } from '../keys/keystore.js';
import { hint } from '../terminal/calling.js';
import { didYouMean } from '../terminal/near.js';

export interface FleetSettings {
  readonly fleet: string;
  /** Domain of the owner. */
  readonly owner: string;
  readonly broker: string;
  readonly user: string;
  /** Certificate in PEM. */
  readonly ca?: string;
  /** Devices by the name of their group: names or ids. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

const folder = (): string => join(settingsFolder(), 'fleets');
const path = (fleet: string): string => join(folder(), `${fleet}.json`);

function read(fleet: string): FleetSettings | undefined {
  if (!existsSync(path(fleet))) return undefined;
  const text = readFileSync(path(fleet), 'utf8');
  try {
    return JSON.parse(text) as FleetSettings;
  } catch {
    throw new UserError(
      'bad_settings',
      `what this machine knows of the fleet ${fleet} can't be read: ${path(fleet)} is not JSON`,
      {
        cure: 'remove the file; `tars provision` on any board of the fleet, with --broker and --fleet, writes it again',
      },
    );
  }
}

/** Devices of the groups that were named. */
export function groupsOf(fleet: string, names: readonly string[]): readonly (readonly string[])[] {
  const groups = read(fleet)?.groups ?? {};
  return names.map((name) => {
    const found = Object.hasOwn(groups, name) ? groups[name] : undefined;
    if (found) return found;
    const known = Object.keys(groups);
    throw new UserError('unknown_group', `the fleet ${fleet} has no group ${name}${didYouMean(name, known)}`, {
      cure:
        known.length > 0
          ? `groups: ${known.join(', ')}`
          : `make it with ${hint`tars fleet group ${name}`} and the names of its devices`,
    });
  });
}

/** Names the devices of a group; none: there is no such group any more. */
export function keepGroup(settings: FleetSettings, group: string, devices: readonly string[]): void {
  const rest = Object.fromEntries(
    Object.entries(read(settings.fleet)?.groups ?? {}).filter(([name]) => name !== group),
  );
  keepFleet({ ...settings, groups: devices.length > 0 ? { ...rest, [group]: devices } : rest });
}

/** Remembers a fleet; its groups stay. */
export function keepFleet(given: FleetSettings): void {
  const groups = given.groups ?? read(given.fleet)?.groups;
  const settings = { ...given, ...(groups && { groups }) };
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  writeWhole(path(settings.fleet), `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
}

/** Names of the fleets that are known here. */
export const knownFleets = (): string[] =>
  existsSync(folder())
    ? readdirSync(folder())
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -5))
        .sort()
    : [];

/**
 * The fleet that is meant: by name, else the only one. What the command line says counts more than what is remembered.
 */
export function findFleet({
  fleet,
  broker,
}: {
  readonly fleet: string | undefined;
  readonly broker: string | undefined;
}): Partial<FleetSettings> & Pick<FleetSettings, 'fleet' | 'broker'> {
  const known = knownFleets();
  const name = fleet === undefined ? onlyFleet(known) : fleetName(fleet);
  const kept = read(name);
  const url = broker ?? kept?.broker;
  if (url === undefined)
    throw new UserError(
      'no_broker',
      `where the broker of the fleet ${name} is isn't known on this machine${didYouMean(name, known)}`,
      {
        cure: 'name it with --broker mqtt[s]://host:port',
      },
    );
  return { ...kept, fleet: name, broker: brokerAddress(url).url };
}

function onlyFleet(known: readonly string[]): string {
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  throw new UserError(
    'no_fleet',
    only ? `this machine knows the fleets ${known.join(', ')}` : 'no fleet is known on this machine',
    { cure: 'name one with --fleet' },
  );
}
