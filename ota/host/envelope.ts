/**
 * The outer form that bundles, root documents and the documents of a fleet share: digest and signatures in front of a
 * document that stays in its byte string until the signatures are known to be right.
 */
import { bundle, fleet, limits, signed as signedForm } from '../../hal/contract/index.js';
import type { ErrorName } from '../../hal/contract/index.js';
import { cbor, compareBytes, concat, FormError, type MapRow, Reader, sameBytes } from './cbor.js';
import {
  digestItem,
  readDigest,
  readSignature,
  type Signature,
  signatureItem,
  signDigest,
  toBeSigned,
} from './cose.js';
import { verify as verifySignature } from './ed25519.js';
import { sha256 } from './ids.js';

/** A document of a fleet, by its name in the contract. */
export type FleetName = (typeof fleet)[number]['name'];
export type DocumentKind = 'bundle' | 'root' | 'roll' | 'logHead' | FleetName;

interface DocumentForm {
  readonly tag: number;
  readonly key: number;
  readonly aad: string;
  readonly payload: boolean;
  /** Most bytes of a document, and most signatures that it may have. */
  readonly size: number;
  readonly signatures: number;
}

/** A device signs alone; of operators as many may sign as a root document has keys. */
const fleetForms = Object.fromEntries(
  fleet.map(({ name, signer }): [string, DocumentForm] => [
    name,
    {
      tag: signedForm.tag,
      key: bundle.envelope.body,
      aad: signedForm.aad + name,
      payload: false,
      size: limits.signed.value,
      signatures: signer === 'device' ? 1 : limits.keys.value,
    },
  ]),
) as Record<FleetName, DocumentForm>;

/** All documents that are signed. */
export const documents: Readonly<Record<DocumentKind, DocumentForm>> = {
  bundle: {
    tag: bundle.tag,
    key: bundle.envelope.manifest,
    aad: bundle.aad.bundle,
    payload: true,
    size: limits.bundle.value,
    signatures: limits.keys.value,
  },
  root: {
    tag: bundle.rootTag,
    key: bundle.envelope.body,
    aad: bundle.aad.root,
    payload: false,
    size: limits.root.value,
    signatures: 2 * limits.keys.value,
  },
  roll: {
    tag: signedForm.tag,
    key: bundle.envelope.body,
    aad: `${signedForm.aad}roll`,
    payload: false,
    size: limits.roll.value,
    signatures: limits.keys.value,
  },
  logHead: {
    tag: signedForm.tag,
    key: bundle.envelope.body,
    aad: `${signedForm.aad}log`,
    payload: false,
    size: limits.signed.value,
    signatures: limits.keys.value,
  },
  ...fleetForms,
};

/** The first check that failed: an error of the contract, and what was found. */
export interface Refused {
  readonly error: ErrorName;
  readonly why: string;
}

/** An envelope that has the right form. Nothing in it is believed yet. */
export interface Envelope {
  readonly kind: DocumentKind;
  /** The digest as it stands in the envelope. */
  readonly digest: Uint8Array;
  readonly signatures: readonly Signature[];
  /** The signed document: content of its byte string. */
  readonly document: Uint8Array;
  /** Integrated payload, if there is one. */
  readonly payload?: Uint8Array;
}

/** A key that can sign. */
export interface Signer {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * SHA-256 of a document with the head of its byte string, as SUIT wants it (section 6.3 of the draft: the digest covers
 * the wrapped manifest).
 */
export const documentDigest = (document: Uint8Array): Uint8Array => sha256(cbor.bytes(document));

/** Runs a reader; a fault of form becomes a refusal. */
export function guarded<T>(read: () => T): T | Refused {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormError) return { error: error.code, why: error.message };
    throw error;
  }
}

export const isRefused = (value: object): value is Refused => 'error' in value;

/** Checks size and form of an envelope. */
export function readEnvelope(kind: DocumentKind, bytes: Uint8Array): Envelope | Refused {
  const { size } = documents[kind];
  if (bytes.length > size) return { error: 'too_long', why: `${bytes.length} bytes, at most ${size}` };
  return guarded(() => readOuter(kind, bytes));
}

function readOuter(kind: DocumentKind, bytes: Uint8Array): Envelope {
  const { tag, key, payload: hasPayload, signatures: most } = documents[kind];
  const reader = new Reader(bytes);
  let digest = new Uint8Array() as Uint8Array;
  let document = digest;
  let payload: Uint8Array | undefined;
  const signatures: Signature[] = [];
  const rows: MapRow[] = [
    {
      key: bundle.envelope.authentication,
      read: (r) => {
        const authentication = r.nested('the authentication');
        const count = authentication.array(1, 1 + most, 'the authentication');
        const inner = authentication.nested('the digest');
        digest = readDigest(inner, 'the digest');
        inner.done('the digest');
        for (let i = 1; i < count; i++) {
          const block = authentication.nested('a signature');
          signatures.push(readSignature(block));
          block.done('a signature');
        }
        authentication.done('the authentication');
      },
    },
    { key, read: (r) => (document = r.byteString(0, Infinity, 'the document')) },
  ];
  if (hasPayload)
    rows.push({
      key: bundle.envelope.payload,
      optional: true,
      read: (r) => (payload = r.byteString(0, Infinity, 'the payload')),
    });
  reader.tag(tag, 'the envelope');
  reader.map(rows, 'the envelope');
  reader.done('the envelope');
  return { kind, digest, signatures, document, ...(payload && { payload }) };
}

/** Writes an envelope with the signatures in the order of their key ids. */
export function writeEnvelope({ kind, digest, signatures, document, payload }: Envelope): Uint8Array {
  const { tag, key } = documents[kind];
  const blocks = [...signatures]
    .sort((a, b) => compareBytes(a.kid, b.kid))
    .map((signature) => cbor.bytes(signatureItem(signature)));
  return cbor.tag(
    tag,
    cbor.map([
      [bundle.envelope.authentication, cbor.bytes(cbor.array(cbor.bytes(digestItem(digest)), ...blocks))],
      [key, cbor.bytes(document)],
      [bundle.envelope.payload, payload && cbor.bytes(payload)],
    ]),
  );
}

/** Signs a document with each of the keys. */
export function signDocument(
  kind: DocumentKind,
  document: Uint8Array,
  signers: readonly Signer[],
  payload?: Uint8Array,
): Uint8Array {
  const digest = documentDigest(document);
  const signed = { aad: documents[kind].aad, digest: digestItem(digest) };
  return writeEnvelope({
    kind,
    digest,
    signatures: signers.map((key) => signDigest(signed, key)),
    document,
    ...(payload && { payload }),
  });
}

/** Checks of the signers that need no keys: there is one, and they ascend. */
export function checkSigners({ signatures }: Envelope): Refused | undefined {
  if (signatures.length === 0) return { error: 'unsigned', why: 'no signature' };
  for (const [i, { kid }] of signatures.entries()) {
    const before = signatures[i - 1];
    const order = before ? compareBytes(kid, before.kid) : 1;
    if (order === 0) return { error: 'duplicate_signer', why: `key ${Buffer.from(kid).toString('hex')} signs twice` };
    if (order < 0) return { error: 'encoding', why: 'signatures are not in the order of their keys' };
  }
  return undefined;
}

/** Checks the arithmetic of every signature; `keys` are those of the signers, in the same order. */
export function checkSignatures(
  { kind, signatures, digest }: Envelope,
  keys: readonly Uint8Array[],
): Refused | undefined {
  const signed = { aad: documents[kind].aad, digest: digestItem(digest) };
  for (const [i, signature] of signatures.entries()) {
    const error = verifySignature(toBeSigned(signed, signature.header), signature.bytes, keys[i] ?? new Uint8Array());
    if (error) return { error, why: `signature of key ${Buffer.from(signature.kid).toString('hex')}` };
  }
  return undefined;
}

/** Checks that the signed digest is the document's. */
export const checkDigest = ({ digest, document }: Envelope): Refused | undefined =>
  sameBytes(digest, documentDigest(document))
    ? undefined
    : { error: 'digest', why: 'the signed digest is not that of the document' };

/** True if the bytes begin as an envelope of this kind does. */
export function isEnvelope(kind: DocumentKind, bytes: Uint8Array): boolean {
  const tag = cbor.tag(documents[kind].tag, concat());
  return sameBytes(bytes.subarray(0, tag.length), tag);
}
