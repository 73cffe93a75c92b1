/** What this machine knows of fleets: where their brokers are. So that commands after `tars provision` need only a name. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerAddress, fleetName } from '../brokers.js';
import { UserError } from '../errors.js';
import { settingsFolder } from '../keystore.js';

export interface FleetSettings {
  readonly fleet: string;
  /** Domain of the owner. */
  readonly owner: string;
  readonly broker: string;
  readonly user: string;
  /** Certificate in PEM. */
  readonly ca?: string;
}

const folder = (): string => join(settingsFolder(), 'fleets');
const path = (fleet: string): string => join(folder(), `${fleet}.json`);

/** Remembers a fleet. */
export function keepFleet(settings: FleetSettings): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  const draft = `${path(settings.fleet)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path(settings.fleet));
}

/** Names of the fleets that are known here. */
export const knownFleets = (): string[] => (existsSync(folder()) ? readdirSync(folder()).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort() : []);

/** The fleet that is meant: by name, else the only one. What the command line says counts more than what is remembered. */
export function findFleet({ fleet, broker }: { readonly fleet: string | undefined; readonly broker: string | undefined }): Partial<FleetSettings> & Pick<FleetSettings, 'fleet' | 'broker'> {
  const known = knownFleets();
  const name = fleet === undefined ? onlyFleet(known) : fleetName(fleet);
  const kept = known.includes(name) ? (JSON.parse(readFileSync(path(name), 'utf8')) as FleetSettings) : undefined;
  const url = broker ?? kept?.broker;
  if (url === undefined) throw new UserError('no_broker', `where the broker of the fleet ${name} is isn't known on this machine`, { cure: 'name it with --broker mqtt[s]://host:port' });
  return { ...kept, fleet: name, broker: brokerAddress(url).url };
}

function onlyFleet(known: readonly string[]): string {
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  throw new UserError('no_fleet', only ? `this machine knows the fleets ${known.join(', ')}` : 'no fleet is known on this machine', { cure: 'name one with --fleet' });
}
