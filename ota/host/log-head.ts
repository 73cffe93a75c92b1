/** The head of an operator's log, signed, so that a log that is cut or written anew is noticed. */
import { limits, logHead as bodyKeys } from '../../hal/contract/index.js';
import { cbor, Reader, sameBytes } from './cbor.js';
import {
  checkDigest,
  checkSignatures,
  checkSigners,
  guarded,
  isRefused,
  readEnvelope,
  type Refused,
  signDocument,
  type Signer,
} from './envelope.js';
import { findKey, type Root } from './root.js';

export interface LogHead {
  readonly vendor: Uint8Array;
  readonly fleet: string;
  /** Name of the log: each operator's memory has its own. */
  readonly operator: string;
  readonly lines: number;
  /** SHA-256 of the last line. */
  readonly hash: Uint8Array;
  /** When it was signed, seconds since 1970. */
  readonly timeS: number;
}

const FORMAT = 1;
const U32 = 0xffffffff;
type BodyName = (typeof bodyKeys)[number]['name'];

/** Signs a head. */
export function signLogHead(head: LogHead, signers: readonly Signer[]): Uint8Array {
  const values: Readonly<Record<BodyName, Uint8Array>> = {
    format: cbor.int(FORMAT),
    vendor: cbor.bytes(head.vendor),
    fleet: cbor.text(head.fleet),
    operator: cbor.text(head.operator),
    lines: cbor.int(head.lines),
    hash: cbor.bytes(head.hash),
    time: cbor.int(head.timeS),
  };
  return signDocument('logHead', cbor.map(bodyKeys.map(({ key, name }) => [key, values[name]])), signers);
}

function decode(document: Uint8Array): LogHead {
  const reader = new Reader(document);
  const none = new Uint8Array();
  const head = { vendor: none, fleet: '', operator: '', lines: 0, hash: none, timeS: 0 };
  const readers: Readonly<Record<BodyName, (r: Reader) => unknown>> = {
    format: (r) => r.literal(FORMAT, 'the format', 'version'),
    vendor: (r) => (head.vendor = r.byteString(16, 16, 'the vendor id').slice()),
    fleet: (r) => (head.fleet = r.text(limits.name.value, 'the fleet')),
    operator: (r) => (head.operator = r.text(limits.name.value, 'the operator')),
    lines: (r) => (head.lines = r.uint(1, U32, 'the lines')),
    hash: (r) => (head.hash = r.byteString(32, 32, 'the hash').slice()),
    time: (r) => (head.timeS = r.uint(0, Number.MAX_SAFE_INTEGER, 'the time')),
  };
  reader.map(
    bodyKeys.map(({ key, name }) => ({ key, read: readers[name] })),
    'the head of a log',
  );
  reader.done('the head of a log');
  return head;
}

/** Reads a head, if keys of the root document signed it for this fleet. */
export function verifyLogHead(
  bytes: Uint8Array,
  { root, fleet, operator }: { readonly root: Root; readonly fleet: string; readonly operator: string },
): LogHead | Refused {
  const envelope = readEnvelope('logHead', bytes);
  if (isRefused(envelope)) return envelope;
  const early = checkSigners(envelope);
  if (early) return early;
  const keys = envelope.signatures.map(({ kid }) => findKey(root, kid)?.publicKey ?? new Uint8Array());
  if (keys.some(({ length }) => length === 0)) return { error: 'unknown_key', why: 'not signed by keys of the owner' };
  const tampered = checkSignatures(envelope, keys) ?? checkDigest(envelope);
  if (tampered) return tampered;
  const head = guarded(() => decode(envelope.document));
  if (isRefused(head)) return head;
  if (!sameBytes(head.vendor, root.vendor)) return { error: 'wrong_vendor', why: `not of ${root.owner}` };
  return head.fleet === fleet && head.operator === operator ? head : { error: 'invalid', why: 'of another log' };
}
