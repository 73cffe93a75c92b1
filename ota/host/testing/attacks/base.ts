/** What every attack starts from: a good bundle, and ways to sign a changed one. */
import type { ErrorName } from '../../../../hal/contract/index.js';
import { makeBundleManifest, packBundle, signBundle, type BundleInput } from '../../bundle.js';
import { compareBytes } from '../../cbor.js';
import { digestItem, signDigest } from '../../cose.js';
import { documentDigest, signDocument, type Signer } from '../../envelope.js';
import { encodeBundleManifest, type BundleManifest } from '../../bundle-manifest.js';
import { images, keys, VENDOR, type VectorBoard } from '../cast.js';
import { block, forge, forgeEnvelope, type Parts } from '../forge.js';

export interface Attack {
  readonly name: string;
  readonly error: ErrorName;
  readonly board: VectorBoard;
  readonly bytes: Uint8Array;
  /** A detached payload as it arrives. */
  readonly payload?: Uint8Array;
}

const { alice, bob } = keys;
export const input = { image: images.kalman, vendor: VENDOR, epoch: 0, number: 7 } satisfies BundleInput;
export const base = makeBundleManifest(input);
export const good = packBundle(input, [alice]).bytes;
export const document = encodeBundleManifest(base);
export const digest = digestItem(documentDigest(document));

/** Changes to the manifest, signed by Alice: what she would be refused for herself. */
export const signed = (change: Partial<BundleManifest>, payload: Uint8Array = images.kalman): Uint8Array =>
  signBundle({ ...base, ...change }, payload, [alice]).bytes;
export const forged = (parts: Parts): Uint8Array => signDocument('bundle', forge(base, parts), [alice], images.kalman);
export const aliceSigns = (aad = ''): ReturnType<typeof signDigest> => signDigest({ aad, digest }, alice);
export const withBlocks = (...blocks: readonly Uint8Array[]): Uint8Array =>
  forgeEnvelope({ document, payload: images.kalman, blocks });
/** Alice and Bob in the order of their key ids. */
export const [lower, higher] = [alice, bob].sort((a, b) => compareBytes(a.publicKey, b.publicKey)) as [Signer, Signer];
export const own = (signer: Signer): Uint8Array => block(signDigest({ aad: '', digest }, signer));
