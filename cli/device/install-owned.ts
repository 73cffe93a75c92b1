/** `tars flash` to a board with an owner: the app goes there as a signed bundle. */
import { limits } from '../../hal/contract/index.js';
import { type App, AppError, moduleDigest, packApp, unpackApp } from '../../ota/host/app.js';
import { BundleError, packBundle } from '../../ota/host/bundle.js';
import { guarded, isEnvelope, isRefused, readEnvelope } from '../../ota/host/envelope.js';
import { sameBytes } from '../../ota/host/cbor.js';
import { deviceId, sha256 } from '../../ota/host/ids.js';
import type { Root } from '../../ota/host/root.js';
import { decodeBundleManifest } from '../../ota/host/bundle-manifest.js';
import { explainRefusal } from '../keys/refusal.js';
import { readNamed } from '../files.js';
import { usageError, UserError } from '../errors.js';
import { type BundleInstall, installBundle, type Installed, type InstallOptions, type Trial } from './install.js';
import { KeyRing } from '../keys/keyring.js';
import { lastSequence, noteSequence, takeSequence } from '../keys/keystore.js';
import {
  checkReadable,
  commandRoot,
  type Identity,
  Changer,
  findRoot,
  ownedError,
  recordCable,
} from '../keys/owner.js';
import { readRows } from './rows.js';
import type { Session } from './session.js';
import { BoardError } from '../transport/client.js';

/** A bundle that lies in a file, with its app. */
export interface BundleFile {
  readonly bytes: Uint8Array;
  readonly app: App;
  /** Health window that was signed. */
  readonly healthMs: number;
}

/** Reads a bundle; the payload of a detached one lies beside it. Undefined for a file that is none. */
export function readBundle(path: string): BundleFile | undefined {
  if (!path.endsWith('.bundle')) return undefined;
  const bytes = readNamed(path);
  if (!isEnvelope('bundle', bytes)) return undefined;
  const envelope = readEnvelope('bundle', bytes);
  if (isRefused(envelope)) throw explainRefusal(path, envelope);
  const manifest = guarded(() => decodeBundleManifest(envelope.document));
  if (isRefused(manifest)) throw explainRefusal(path, manifest);
  const payload = envelope.payload ?? readNamed(`${path}.payload`);
  if (!sameBytes(sha256(payload), manifest.digest))
    throw explainRefusal(path, {
      error: 'payload_digest',
      why: envelope.payload ? 'the payload inside' : `${path}.payload`,
    });
  try {
    return { bytes, app: unpackApp(payload), healthMs: manifest.healthMs };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw explainRefusal(path, { error: 'invalid', why: error.message });
  }
}

export interface OwnedFlash {
  readonly keys: readonly string[];
  readonly root: string | undefined;
  readonly number: number | undefined;
  /** Health window, milliseconds. */
  readonly health: number;
  readonly onHealth: Trial['onHealth'];
  readonly onProgress: InstallOptions['onProgress'];
}

const NUMBER_MAX = 0xffffffff;

/** Signs the app for this one device and installs it; a bundle goes as it is. */
export async function flashOwned(
  session: Session,
  source: App | BundleFile,
  { keys, root: path, number, health, onHealth, onProgress }: OwnedFlash,
): Promise<Installed> {
  const { link } = session;
  // It is noted before it is packed, and what no bundle can have would be in the way of all later ones.
  if (number !== undefined && !(Number.isInteger(number) && number >= 1 && number <= NUMBER_MAX))
    throw usageError(`--number takes a whole number from 1 to ${NUMBER_MAX}`, 'flash');
  const identity = await link.request('identity', {});
  checkReadable(identity);
  const changer = new Changer(session, keys);
  const confirm = async (): Promise<void> => {
    try {
      await link.request('install.confirm', {}, { timeoutMs: 5000 });
    } catch (error) {
      if (!(error instanceof BoardError) || error.code !== 'owned') throw error;
      await changer.send('install.confirm', {}, { timeoutMs: 5000 });
    }
  };
  const sign: BundleInstall['sign'] = commandRoot(keys, identity) && ((body) => changer.send('upload.begin', body));
  const healthMs = 'bytes' in source ? source.healthMs : health;
  const trial = { healthMs, ...(onHealth && { onHealth }) };
  const common = { onProgress, trial, confirm, ...(sign && { sign }) };
  if ('bytes' in source) return installBundle(session, { ...source, ...common });
  if (await runsAlready(session, source, identity)) return { same: true, sent: [], bytes: 0, gapUs: 0 };
  if (keys.length === 0) throw ownedError(identity, 'the app');
  const { root } = findRoot(path, identity.owner);
  if (root.version !== identity.root || root.owner !== identity.owner) {
    throw new UserError(
      'root_version',
      `the board has root document ${identity.root} of ${identity.owner}, the file is ${root.version} of ${root.owner}`,
      { cure: 'name the one that is in force with --root, or give the board the next one with `tars provision`' },
    );
  }
  const signers = await new KeyRing(keys).signers(root, 'release');
  const committed = identity.epoch === root.epoch ? identity.number : 0;
  // Noted first: a number that may have left this machine is never given again.
  const next = number ?? nextNumber(root, committed);
  if (number !== undefined) noteSequence(root.owner, root.epoch, number);
  recordCable(identity, 'flash', { number: next });
  const image = packApp(source);
  const send = (detached?: true): Promise<Installed> => {
    const facts = {
      image,
      vendor: root.vendor,
      epoch: root.epoch,
      number: next,
      healthMs: health,
      device: deviceId(root.vendor, identity.key),
      ...(detached && { detached }),
    };
    return installBundle(session, {
      bytes: pack(() => packBundle(facts, signers)).bytes,
      app: source,
      ...common,
    });
  };
  try {
    return await send();
  } catch (error) {
    // A small board has no room for a large bundle: its modules are sent one by one then, as those of a larger one ever
    // are.
    if (!(error instanceof BoardError) || error.code !== 'nomem') throw error;
    return send(true);
  }
}

/**
 * The bundle is for this device alone, so its number has to be above what this device has. What it says is no number
 * of others: one that is far ahead of what this machine gave is not noted.
 */
function nextNumber(root: Root, committed: number): number {
  const last = Math.max(lastSequence(root.owner, root.epoch), root.sequence);
  return committed > last + limits.jump.value
    ? committed + 1
    : takeSequence(root.owner, root.epoch, Math.max(committed + 1, root.sequence));
}

function pack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new UserError('bad_bundle', error.message, { cure: 'see `tars flash --help` and docs/updates.md' });
  }
}

/** True if exactly these modules are committed and run: then nothing has to be signed. */
async function runsAlready({ link, hello }: Session, app: App, identity: Identity): Promise<boolean> {
  if (identity.number === 0 || app.class !== hello.class) return false;
  const rows = await readRows(link, 'list');
  return (
    rows.length === app.modules.length &&
    rows.every(
      ({ digest, stored, trial }, index) =>
        stored && !trial && sameBytes(digest, moduleDigest(app.modules[index] as Uint8Array)),
    )
  );
}
