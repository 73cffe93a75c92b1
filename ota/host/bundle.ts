/**
 * Packs an app as a bundle: the grant is computed from what its modules ask for, the envelope is signed with every key
 * given.
 */
import { limits } from '../../hal/contract/index.js';
import { unpackApp } from './app.js';
import { type Signer, isRefused, signDocument } from './envelope.js';
import { type Grant, grantFor } from './grant.js';
import { classId, sha256 } from './ids.js';
import { encodeBundleManifest, healthLimits, type BundleManifest } from './bundle-manifest.js';
import { callBitmap, readRequest, type Request } from './request.js';

/** Input that no bundle can be made of; the message says why. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

export interface BundleInput {
  /** The app image as `packApp` writes it. */
  readonly image: Uint8Array;
  readonly vendor: Uint8Array;
  readonly epoch: number;
  /** Number within the epoch, 1 to 2^32 - 1. */
  readonly number: number;
  /** Only for the device with this id. */
  readonly device?: Uint8Array;
  /** Absent: the contract's default. */
  readonly healthMs?: number;
  /** Absent: the least one that covers the modules. */
  readonly grant?: Grant;
  /** Absent: detached exactly if the whole would be longer than limits.bundle. */
  readonly detached?: boolean;
}

export interface Bundle {
  /** The signed envelope. */
  readonly bytes: Uint8Array;
  /** Payload to be served beside it, by its digest; absent: it is inside. */
  readonly payload?: Uint8Array;
  readonly manifest: BundleManifest;
}

/** What the modules of an app image ask for. Throws BundleError if one has no proper manifest. */
export function requestsOf(image: Uint8Array): readonly Request[] {
  return unpackApp(image).modules.map((module, i) => {
    const request = readRequest(module);
    if (isRefused(request)) throw new BundleError(`module ${i}: ${request.why}`);
    return request;
  });
}

/** The manifest of a bundle. */
export function makeBundleManifest({
  image,
  vendor,
  epoch,
  number,
  device,
  healthMs = limits.health_ms.value,
  grant,
  detached = false,
}: BundleInput): BundleManifest {
  const requests = requestsOf(image);
  if (!Number.isInteger(number) || number < 1 || number > 0xffffffff)
    throw new BundleError(`the sequence number must be 1 to 4294967295, not ${number}`);
  if (!Number.isInteger(healthMs) || healthMs < healthLimits.min || healthMs > healthLimits.max) {
    throw new BundleError(`the health window must be ${healthLimits.min} to ${healthLimits.max} ms, not ${healthMs}`);
  }
  return {
    epoch,
    number,
    vendor,
    class: classId(vendor, unpackApp(image).class),
    digest: sha256(image),
    size: image.length,
    grant: grant ?? grantFor(requests),
    calls: callBitmap(requests.flatMap(({ calls }) => calls)),
    healthMs,
    detached,
    ...(device && { device }),
  };
}

/** Signs a manifest; the payload goes inside unless the manifest says that it is detached. */
export function signBundle(manifest: BundleManifest, payload: Uint8Array, signers: readonly Signer[]): Bundle {
  const bytes = signDocument(
    'bundle',
    encodeBundleManifest(manifest),
    signers,
    manifest.detached ? undefined : payload,
  );
  return { bytes, manifest, ...(manifest.detached && { payload }) };
}

/** Packs and signs. Throws BundleError or AppError. */
export function packBundle(input: BundleInput, signers: readonly Signer[]): Bundle {
  if (signers.length > limits.keys.value)
    throw new BundleError(`${signers.length} signers, at most ${limits.keys.value}`);
  const whole = signBundle(makeBundleManifest(input), input.image, signers);
  if (input.detached !== undefined || whole.bytes.length <= limits.bundle.value) return whole;
  return signBundle({ ...whole.manifest, detached: true }, input.image, signers);
}
