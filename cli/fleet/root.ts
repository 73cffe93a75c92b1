/**
 * `tars fleet root`: hands the owner's next root document to a fleet, so that keys can change without a port in
 * anybody's hands.
 */
import { errors, phases } from '../../hal/contract/index.js';
import { sameBytes } from '../../ota/host/cbor.js';
import { verifyRoot } from '../../ota/host/root.js';
import type { Device } from '../../ota/operator/devices.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { unfinished } from '../../ota/operator/plan.js';
import { explainRefusal } from '../keys/refusal.js';
import { exitCodes, UserError, type ExitCode } from '../errors.js';
import { interruptible } from '../interrupt.js';
import { findRoot, keepRoot, type RootFile } from '../keys/owner.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { type FleetWithMemory, withMemory } from './memory.js';
import type { FleetPlace } from './open.js';
import { unfinishedError } from './targets.js';

/**
 * Publishes the document for those who come later too, keeps a copy, and waits for those who are on line. A kill at any
 * moment loses nothing: the same command does the rest.
 */
export async function publishRoot(
  place: FleetPlace,
  path: string,
  { timeoutS, terminal }: { readonly timeoutS: number; readonly terminal: Terminal },
): Promise<ExitCode> {
  const next = findRoot(path);
  const learned = checkNext(place.file, next, path);
  const { owner, version, epoch } = next.root;
  let standing = `it is not certain that the broker has root document ${version}`;
  const work = async ({ store, fleet, lost }: FleetWithMemory): Promise<ExitCode> => {
    const open = unfinished(store);
    if (open) throw unfinishedError(open);
    // Another machine may have published a newer one: then that stays where boards look for the newest.
    const newest = learned && fleet.newestRoot <= version;
    await Promise.race([fleet.publishRoot(version, next.bytes, newest), lost]);
    store.audit('root', { version, epoch, newest });
    if (learned) keepRoot(owner, next.bytes);
    standing = `root document ${version} is published and kept here; devices take it without this command`;
    const refusals = await Promise.race([followed(fleet, version, timeoutS * 1000), lost]);
    return show(fleet, { version, epoch, refusals }, terminal);
  };
  return withMemory({ ...place, file: next }, {}, (opened) =>
    interruptible(
      () => work(opened),
      () => ({ done: standing, cure: 'run it again: it does the rest, and says who follows' }),
    ),
  );
}

/**
 * Whether it is the newest that is known here; an older one is put back for devices that missed it. Throws a UserError
 * if one doesn't follow from the other.
 */
function checkNext(known: RootFile, next: RootFile, path: string): boolean {
  const { owner, version } = known.root;
  if (next.root.owner !== owner)
    throw new UserError('wrong_vendor', `${path} is of ${next.root.owner}, the fleet of ${owner}`, {
      cure: `make the next one with \`tars keys root --after\` and the document of ${owner}`,
    });
  const ahead = next.root.version - version;
  const wrong = (what: string, cure: string): UserError => new UserError('root_version', `${path} ${what}`, { cure });
  if (ahead > 1)
    throw wrong(
      `has version ${next.root.version}, and the newest that this machine knows is ${version}`,
      'publish those between first, one after the other',
    );
  if (ahead < -1)
    throw wrong(
      `has version ${next.root.version}, and from version ${version}, the newest that this machine knows, nobody ` +
        'can tell whether the fleet had it',
      `name the document with version ${next.root.version + 1} with --root FILE`,
    );
  if (ahead === 1) {
    const result = verifyRoot(next.bytes, known);
    if ('refused' in result) throw explainRefusal(path, result.refused);
  } else if (ahead === 0 ? !sameBytes(next.digest, known.digest) : 'refused' in verifyRoot(known.bytes, next)) {
    throw wrong(
      `is another document with version ${next.root.version} than the one that ` +
        `${ahead === 0 ? 'this machine knows' : `version ${version} followed`}`,
      'make it again with `tars keys root --after` and the document that the fleet has',
    );
  }
  return ahead >= 0;
}

const REFUSED = phases.findIndex(({ name }) => name === 'refused');

/**
 * Waits until all who are on line follow the version, at most so long. What devices refused meanwhile, by their ids.
 */
function followed(fleet: Fleet, version: number, timeoutMs: number): Promise<ReadonlyMap<string, number>> {
  const refusals = new Map<string, number>();
  const behind = (): boolean => fleet.devices.list().some(({ online, birth }) => online && birth.root < version);
  return new Promise((resolve) => {
    const finish = (): void => (clearTimeout(timer), end(), resolve(refusals));
    // Whoever interrupts the wait ends the process, too.
    const timer = setTimeout(finish, timeoutMs).unref();
    const end = fleet.on((event) => {
      if (event.kind === 'report' && event.report.phase === REFUSED) refusals.set(event.device.id, event.report.code);
      if (!behind()) finish();
    });
    if (!behind()) finish();
  });
}

function show(
  fleet: Fleet,
  {
    version,
    epoch,
    refusals,
  }: { readonly version: number; readonly epoch: number; readonly refusals: ReadonlyMap<string, number> },
  terminal: Terminal,
): ExitCode {
  const devices = fleet.devices.list();
  const follows = ({ birth }: Device): boolean => birth.root >= version;
  const why = (device: Device): string =>
    follows(device) ? '' : (errors.find(({ code }) => code === refusals.get(device.id))?.name ?? '');
  const late = devices.filter((device) => device.online && !follows(device));
  if (terminal.json) {
    terminal.out(
      JSON.stringify({
        version,
        epoch,
        devices: devices.map((device) => ({
          device: device.id,
          name: device.name,
          online: device.online,
          root: device.birth.root,
          error: why(device) || null,
        })),
      }),
    );
  } else {
    const cells = (device: Device): string[] => [
      device.name,
      device.id.slice(0, 8),
      device.online ? 'yes' : 'no',
      String(device.birth.root),
      why(device),
    ];
    if (devices.length > 0)
      for (const line of table([['DEVICE', 'ID', 'ONLINE', 'ROOT', 'WHY'], ...devices.map(cells)], terminal))
        terminal.out(line);
    const away = devices.filter((device) => !device.online && !follows(device)).length;
    terminal.out(
      `root document ${version}: ${devices.filter(follows).length} of ${devices.length} devices follow ` +
        `it${away > 0 ? `, ${away} off line will when they come back` : ''}`,
    );
  }
  return late.length > 0 ? exitCodes.request : exitCodes.ok;
}
