/**
 * Verifies a bundle as a board does: the checks of the contract's `refusals` in their order, the first that fails names
 * the refusal. What the board knows is an argument, so that host, tests and a fleet can ask "would this board take
 * it?".
 */
import { limits } from '../../hal/contract/index.js';
import type { Pace } from '../../sdk/timing/index.js';
import { type App, AppError, unpackApp } from './app.js';
import { sameBytes } from './cbor.js';
import {
  checkDigest,
  checkSignatures,
  checkSigners,
  type Envelope,
  guarded,
  isRefused,
  readEnvelope,
  type Refused,
} from './envelope.js';
import { beyondGrant } from './grant.js';
import { classId, deviceId, sha256, toHex } from './ids.js';
import { decodeBundleManifest, type BundleManifest } from './bundle-manifest.js';
import { callIds, readRequest } from './request.js';
import { findKey, type Root, type RootKey } from './root.js';

/** What a board knows when a bundle comes in. */
export interface DeviceState {
  /** Root document; absent: the board is open. */
  readonly root?: Root;
  readonly class: string;
  /** Public key of the device. */
  readonly publicKey: Uint8Array;
  /** Bitmap of the host calls that it has. */
  readonly calls: Uint8Array;
  /** How fast it is. Absent: unknown, and a load that a module does not say is covered by no bounded one. */
  readonly pace?: Pace;
  /** What the board compares an engine condition with. */
  readonly engine?: Uint8Array;
  /** The bundle that is committed; absent: none was ever. */
  readonly committed?: { readonly epoch: number; readonly number: number; readonly digest: Uint8Array };
  /** Digests of manifests that failed on it. */
  readonly failed?: readonly Uint8Array[];
}

/**
 * More that can be checked about an app than its manifests show: the rules of the ABI, conflicts between its modules.
 */
export type AppCheck = (app: App) => Refused | undefined;

export interface Accepted {
  readonly manifest: BundleManifest;
  /** SHA-256 of the manifest: the bundle's name. */
  readonly digest: Uint8Array;
  /** Keys that signed. */
  readonly signers: readonly RootKey[];
  /** True: this very bundle is committed already. */
  readonly same: boolean;
  /** The app, where the payload is at hand. */
  readonly app?: App;
}

export type Verdict = { readonly accepted: Accepted } | { readonly refused: Refused };

/** A bundle whose owner is known to have signed it. */
export interface SignedBundle {
  readonly envelope: Envelope;
  readonly manifest: BundleManifest;
  readonly signers: readonly RootKey[];
}

/** Makes the checks that are the same for every device of an owner: form and signatures. Returns who signed what. */
export function openBundle(
  bytes: Uint8Array,
  root: Root | undefined,
  role: 'release' | 'dev' = 'release',
): SignedBundle | Refused {
  const envelope = readEnvelope('bundle', bytes);
  if (isRefused(envelope)) return envelope;
  const signers = checkSigners(envelope) ?? bundleSigners(envelope, root, role);
  if (isRefused(signers)) return signers;
  const tampered =
    checkSignatures(
      envelope,
      signers.map(({ publicKey }) => publicKey),
    ) ?? checkDigest(envelope);
  if (tampered) return tampered;
  const manifest = guarded(() => decodeBundleManifest(envelope.document));
  return isRefused(manifest) ? manifest : { envelope, manifest, signers };
}

/** Verifies an envelope; `payload` is a detached payload, where it is at hand. */
export function verifyBundle(
  bytes: Uint8Array,
  board: DeviceState,
  { payload, checkApp, dev = false }: { payload?: Uint8Array; checkApp?: AppCheck; dev?: boolean } = {},
): Verdict {
  const opened = openBundle(bytes, board.root, dev ? 'dev' : 'release');
  if (isRefused(opened)) return { refused: opened };
  const { envelope, manifest, signers } = opened;
  const root = board.root as Root;
  const accepted = { manifest, digest: envelope.digest, signers, same: false };
  const first =
    payloadPlace(envelope, manifest) ??
    checkTarget(manifest, board, root, signers) ??
    (dev ? undefined : checkOrder(manifest, envelope.digest, board, root));
  if (first) return first === 'same' ? { accepted: { ...accepted, same: true } } : { refused: first };
  const content = manifest.detached ? payload : envelope.payload;
  const later = checkNeeds(manifest, envelope.digest, board) ?? (content && checkPayload(manifest, content));
  if (later) return { refused: later };
  if (!content) return { accepted };
  const app = checkImage(content, manifest, board, checkApp);
  return isRefused(app) ? { refused: app } : { accepted: { ...accepted, app } };
}

/** Keys of the signers, if they have the role and reach the threshold. */
function bundleSigners(
  { signatures }: Envelope,
  root: Root | undefined,
  role: 'release' | 'dev',
): readonly RootKey[] | Refused {
  if (!root) return { error: 'not_owned', why: 'the board has no root document' };
  const keys = signatures.map(({ kid }) => findKey(root, kid));
  const known = keys.filter((key) => key !== undefined);
  if (known.length < keys.length) return { error: 'unknown_key', why: `signature ${keys.indexOf(undefined) + 1}` };
  const roleless = known.find((key) => !key.roles.includes(role));
  if (roleless) return { error: 'role', why: `the key ${roleless.name} lacks the role ${role}` };
  const wanted = root.thresholds[role];
  return known.length < wanted ? { error: 'threshold', why: `${known.length} of ${wanted} signatures` } : known;
}

function payloadPlace({ payload }: Envelope, { detached }: BundleManifest): Refused | undefined {
  return (payload === undefined) === detached
    ? undefined
    : { error: 'profile', why: detached ? 'a payload that the manifest does not mention' : 'the payload is missing' };
}

function checkTarget(
  manifest: BundleManifest,
  board: DeviceState,
  root: Root,
  signers: readonly RootKey[],
): Refused | undefined {
  if (!sameBytes(manifest.vendor, root.vendor)) return { error: 'wrong_vendor', why: `not from ${root.owner}` };
  if (!sameBytes(manifest.class, classId(root.vendor, board.class)))
    return { error: 'wrong_class', why: `not for ${board.class}` };
  if (manifest.device && !sameBytes(manifest.device, deviceId(root.vendor, board.publicKey)))
    return { error: 'wrong_device', why: 'for another device' };
  if (!manifest.engine) return undefined;
  if (!board.engine || !sameBytes(manifest.engine, board.engine))
    return { error: 'wrong_engine', why: 'for another engine' };
  const native = signers.filter((key) => key.roles.includes('aot')).length;
  const wanted = Math.max(1, root.thresholds.aot);
  return native < wanted ? { error: 'role', why: `${native} of ${wanted} signers have the role aot` } : undefined;
}

function checkOrder(
  { epoch, number }: BundleManifest,
  digest: Uint8Array,
  { committed }: DeviceState,
  root: Root,
): Refused | 'same' | undefined {
  if (epoch !== root.epoch) return { error: 'epoch', why: `epoch ${epoch}, the root document has ${root.epoch}` };
  const last = committed?.epoch === epoch ? committed : undefined;
  const floor = Math.max(root.sequence, last?.number ?? 0);
  if (number < floor) return { error: 'rollback', why: `number ${number} after ${floor}` };
  if (last?.number === number)
    return sameBytes(last.digest, digest)
      ? 'same'
      : { error: 'equivocation', why: `another bundle has the number ${number}` };
  return number > floor + limits.jump.value
    ? { error: 'fast_forward', why: `number ${number} after ${floor}, at most ${limits.jump.value} ahead` }
    : undefined;
}

function checkNeeds(manifest: BundleManifest, digest: Uint8Array, { failed, calls }: DeviceState): Refused | undefined {
  if (failed?.some((bad) => sameBytes(bad, digest))) return { error: 'known_bad', why: 'it failed here before' };
  const missing = callIds(manifest.calls).find((id) => !((calls[id >> 3] ?? 0) & (1 << (id & 7))));
  if (missing !== undefined) return { error: 'missing_call', why: `host call ${missing}` };
  return manifest.delta && { error: 'delta', why: `method ${manifest.delta.method}` };
}

function checkPayload({ size, digest }: BundleManifest, payload: Uint8Array): Refused | undefined {
  if (payload.length !== size) return { error: 'payload_size', why: `${payload.length} bytes, signed are ${size}` };
  return sameBytes(sha256(payload), digest)
    ? undefined
    : { error: 'payload_digest', why: `not ${toHex(digest).slice(0, 16)}…` };
}

function checkImage(
  payload: Uint8Array,
  manifest: BundleManifest,
  board: DeviceState,
  checkApp: AppCheck | undefined,
): App | Refused {
  let app: App;
  try {
    app = unpackApp(payload);
  } catch (error) {
    if (error instanceof AppError) return { error: 'invalid', why: error.message };
    throw error;
  }
  if (app.class !== board.class) return { error: 'class', why: `for ${app.class}` };
  for (const [i, module] of app.modules.entries()) {
    const refused = checkModule(module, manifest, board.pace);
    if (refused) return { ...refused, why: `module ${i}: ${refused.why}` };
  }
  return checkApp?.(app) ?? app;
}

function checkModule(
  module: Uint8Array,
  { grant, calls }: BundleManifest,
  pace: Pace | undefined,
): Refused | undefined {
  const request = readRequest(module);
  if (isRefused(request)) return request;
  const granted = callIds(calls);
  const beyond = request.calls.find((id) => !granted.includes(id));
  if (beyond !== undefined)
    return { error: 'missing_call', why: `host call ${beyond} is not among those of the bundle` };
  const outside = beyondGrant(grant, request, pace);
  return outside === undefined ? undefined : { error: 'grant', why: outside };
}
