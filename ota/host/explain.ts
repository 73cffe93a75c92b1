/**
 * Explains bundles and root documents, every field with its place in the template. Nothing is verified but the digests.
 */
import { bundle, bundleParameters, calls, grantBudget, roles } from '../../hal/contract/index.js';
import { sameBytes } from './cbor.js';
import { documentDigest, type Envelope, guarded, isRefused, readEnvelope, type Refused } from './envelope.js';
import { describeRow } from './grant.js';
import { sha256, toHex, uuidText } from './ids.js';
import { decodeBundleManifest, type BundleManifest } from './bundle-manifest.js';
import { callIds } from './request.js';
import { decodeRoot, type Root } from './root.js';

/** One field: where it stands, what it holds, what it means. */
export interface Explained {
  readonly field: string;
  readonly value: string;
  readonly doc: string;
}

export interface Explanation {
  readonly kind: 'bundle' | 'root document';
  readonly size: number;
  readonly fields: readonly Explained[];
  /** Integrated payload. */
  readonly payload?: Uint8Array;
  readonly manifest?: BundleManifest;
  readonly root?: Root;
}

const parameterDoc = (name: string): string => bundleParameters.find((row) => row.name === name)?.doc ?? '';

/** Explains the bytes of a bundle, or says what is wrong with their form. */
export function explainBundle(bytes: Uint8Array): Explanation | Refused {
  const envelope = readEnvelope('bundle', bytes);
  if (isRefused(envelope)) return envelope;
  const manifest = guarded(() => decodeBundleManifest(envelope.document));
  if (isRefused(manifest)) return manifest;
  const payload = envelope.payload;
  return {
    kind: 'bundle',
    size: bytes.length,
    manifest,
    ...(payload && { payload }),
    fields: [
      ...outer(envelope),
      ...manifestFields(manifest),
      ...grantFields(manifest),
      payloadField(manifest, payload),
    ],
  };
}

/** Explains the bytes of a root document, or says what is wrong with their form. */
export function explainRoot(bytes: Uint8Array): Explanation | Refused {
  const envelope = readEnvelope('root', bytes);
  if (isRefused(envelope)) return envelope;
  const root = guarded(() => decodeRoot(envelope.document));
  return isRefused(root)
    ? root
    : { kind: 'root document', size: bytes.length, root, fields: [...outer(envelope), ...rootFields(root)] };
}

function outer({ kind, digest, signatures, document }: Envelope): Explained[] {
  const fits = sameBytes(digest, documentDigest(document)) ? 'fits' : 'DOES NOT FIT';
  return [
    {
      field: 'tag',
      value: String(kind === 'bundle' ? bundle.tag : bundle.rootTag),
      doc: kind === 'bundle' ? 'SUIT envelope' : 'root document of TARS',
    },
    {
      field: 'digest',
      value: `${toHex(digest)} (${fits})`,
      doc: 'SHA-256 of the signed document with the head of its byte string',
    },
    ...signatures.map((signature, i) => ({
      field: `signature ${i + 1}`,
      value: `key ${toHex(signature.kid)}`,
      doc: `Ed25519, COSE_Sign1: ${toHex(signature.bytes).slice(0, 16)}…; not verified here`,
    })),
  ];
}

function manifestFields(manifest: BundleManifest): Explained[] {
  const { device, engine, delta } = manifest;
  return [
    { field: 'version', value: String(bundle.manifestVersion), doc: 'version of the SUIT manifest' },
    { field: 'epoch', value: String(manifest.epoch), doc: 'epoch of the root document that it needs' },
    { field: 'sequence', value: String(manifest.number), doc: 'number within the epoch; boards take only higher ones' },
    { field: 'vendor', value: uuidText(manifest.vendor), doc: parameterDoc('vendor') },
    { field: 'class', value: uuidText(manifest.class), doc: parameterDoc('class') },
    { field: 'device', value: device ? uuidText(device) : 'any', doc: parameterDoc('device') },
    { field: 'payload digest', value: toHex(manifest.digest), doc: 'SHA-256 of the app image' },
    { field: 'size', value: `${manifest.size} bytes`, doc: parameterDoc('size') },
    {
      field: 'calls',
      value:
        callIds(manifest.calls)
          .map((id) => calls.find((call) => call.id === id)?.name ?? String(id))
          .join(', ') || 'none',
      doc: 'host calls needed',
    },
    { field: 'health', value: `${manifest.healthMs} ms`, doc: 'window in which a fault brings the old app back' },
    { field: 'engine', value: engine ? toHex(engine) : 'any', doc: parameterDoc('engine') },
    {
      field: 'delta',
      value: delta ? `method ${delta.method} on ${toHex(delta.base).slice(0, 16)}…` : 'none',
      doc: 'whether the payload is the whole app image',
    },
  ];
}

const grantFields = ({ grant }: BundleManifest): Explained[] => [
  ...grantBudget.map(({ name, doc }) => ({ field: `grant ${name}`, value: String(grant.budget[name]), doc })),
  ...grant.rows.map((row) => ({ field: 'grant', value: describeRow(row), doc: 'modules may use this' })),
];

function payloadField({ detached, digest, size }: BundleManifest, payload: Uint8Array | undefined): Explained {
  if (!payload) return { field: 'payload', value: detached ? 'detached' : 'MISSING', doc: 'fetched by its digest' };
  const fits = payload.length === size && sameBytes(sha256(payload), digest) ? 'fits' : 'DOES NOT FIT';
  return { field: 'payload', value: `${payload.length} bytes (${fits})`, doc: 'the app image, inside of the envelope' };
}

function rootFields(root: Root): Explained[] {
  return [
    { field: 'version', value: String(root.version), doc: 'number of the document; the next one has one more' },
    { field: 'epoch', value: String(root.epoch), doc: 'epoch of the bundles that it takes' },
    { field: 'sequence', value: String(root.sequence), doc: 'bundles below this number are refused' },
    { field: 'owner', value: root.owner, doc: `vendor id ${uuidText(root.vendor)}` },
    ...roles
      .filter(({ name }) => root.thresholds[name] > 0)
      .map(({ name, doc }) => ({ field: `threshold ${name}`, value: String(root.thresholds[name]), doc })),
    ...(root.timeS === undefined
      ? []
      : [{ field: 'time', value: String(root.timeS), doc: 'boards take it for the newest signed time' }]),
    ...root.keys.map((key) => ({ field: `key ${key.name}`, value: toHex(key.publicKey), doc: key.roles.join(', ') })),
  ];
}
