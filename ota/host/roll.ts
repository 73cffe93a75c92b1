/**
 * The roll of a fleet: the devices that are enrolled, by their public keys. Operators sign it, as many as the root
 * document wants, so that no broker can invent a device; a higher version replaces a lower one.
 */
import { limits, names, roll as bodyKeys, rollAhead, type RollState, rollStates } from '../../hal/contract/index.js';
import { cbor, compareBytes, Reader, sameBytes } from './cbor.js';
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
import type { Root } from './root.js';
import { operatorKeys } from './signed.js';

export interface RollRow {
  readonly publicKey: Uint8Array;
  readonly state: RollState;
  /** Board class. */
  readonly class: string;
  /** What people call it, whatever it calls itself. */
  readonly name: string;
}

/** What a roll says. */
export interface Roll {
  readonly version: number;
  readonly vendor: Uint8Array;
  readonly fleet: string;
  /** When it was signed, seconds since 1970. */
  readonly timeS: number;
  /** In ascending order of the public keys. */
  readonly devices: readonly RollRow[];
}

const U32 = 0xffffffff;
const FORMAT = 1;

type BodyName = (typeof bodyKeys)[number]['name'];

/** True if a device can be called so. */
export const isDeviceName = (name: string): boolean =>
  names.device.pattern.test(name) && new TextEncoder().encode(name).length <= limits.name.value;

/** Puts rows in their order. */
export const sortRows = (rows: readonly RollRow[]): readonly RollRow[] =>
  [...rows].sort((a, b) => compareBytes(a.publicKey, b.publicKey));

/** Bytes of a roll's body. */
export function encodeRoll(roll: Roll): Uint8Array {
  const row = ({ publicKey, state, class: boardClass, name }: RollRow): Uint8Array =>
    cbor.array(
      cbor.bytes(publicKey),
      cbor.int(rollStates.findIndex((each) => each.name === state)),
      cbor.text(boardClass),
      cbor.text(name),
    );
  const values: Readonly<Record<BodyName, Uint8Array>> = {
    format: cbor.int(FORMAT),
    version: cbor.int(roll.version),
    vendor: cbor.bytes(roll.vendor),
    fleet: cbor.text(roll.fleet),
    time: cbor.int(roll.timeS),
    devices: cbor.array(...roll.devices.map(row)),
  };
  return cbor.map(bodyKeys.map(({ key, name }) => [key, values[name]]));
}

export const signRoll = (roll: Roll, signers: readonly Signer[]): Uint8Array =>
  signDocument('roll', encodeRoll(roll), signers);

/** Reads a body. Throws FormError at the first byte that doesn't fit the template. */
function decodeRoll(document: Uint8Array): Roll {
  const reader = new Reader(document);
  const roll = { version: 0, vendor: new Uint8Array(), fleet: '', timeS: 0, devices: [] as readonly RollRow[] };
  const readers: Readonly<Record<BodyName, (r: Reader) => unknown>> = {
    format: (r) => r.literal(FORMAT, 'the format', 'version'),
    version: (r) => (roll.version = r.uint(1, U32, 'the version')),
    vendor: (r) => (roll.vendor = r.byteString(16, 16, 'the vendor id').slice()),
    fleet: (r) => (roll.fleet = r.text(limits.name.value, 'the fleet')),
    time: (r) => (roll.timeS = r.uint(0, Number.MAX_SAFE_INTEGER, 'the time')),
    devices: (r) => (roll.devices = readRows(r)),
  };
  reader.map(
    bodyKeys.map(({ key, name }) => ({ key, read: readers[name] })),
    'the roll',
  );
  reader.done('the roll');
  return roll;
}

function readRows(reader: Reader): readonly RollRow[] {
  const count = reader.array(0, Infinity, 'the devices');
  const rows: RollRow[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    reader.array(4, 4, 'a device');
    const publicKey = reader.byteString(32, 32, 'a public key').slice();
    const last = rows.at(-1);
    if (last && compareBytes(publicKey, last.publicKey) <= 0) reader.fail('encoding', 'devices do not ascend', start);
    const state = rollStates[reader.uint(0, rollStates.length - 1, 'the state of a device')]?.name ?? 'revoked';
    const boardClass = reader.text(limits.name.value, 'the class of a device');
    const name = reader.text(limits.name.value, 'the name of a device');
    const taken = state === 'enrolled' && names.has(name);
    if (!isDeviceName(name) || taken) reader.fail('profile', `the name of device ${i} is ${taken ? 'taken' : 'none'}`);
    if (state === 'enrolled') names.add(name);
    rows.push({ publicKey, state, class: boardClass, name });
  }
  return rows;
}

/** A roll that was accepted, with the digest of its body and the bytes as they were signed. */
export interface TrustedRoll {
  readonly roll: Roll;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Reads a roll that this machine has accepted before: its form alone is looked at. */
export function readRoll(bytes: Uint8Array): TrustedRoll | Refused {
  const envelope = readEnvelope('roll', bytes);
  if (isRefused(envelope)) return envelope;
  const roll = guarded(() => decodeRoll(envelope.document));
  return isRefused(roll) ? roll : { roll, digest: envelope.digest, bytes };
}

/** What a roll is checked against. */
export interface RollCheck {
  readonly root: Root;
  readonly fleet: string;
  /** The one that is in force. */
  readonly old: TrustedRoll | undefined;
}

/**
 * Checks a roll: form, signers, signatures, digest, body, owner, fleet, version. Of two with one version, which two
 * operators signed at once, the one with the greater digest counts, on every machine.
 */
export function verifyRoll(bytes: Uint8Array, { root, fleet, old }: RollCheck): TrustedRoll | Refused {
  const envelope = readEnvelope('roll', bytes);
  if (isRefused(envelope)) return envelope;
  const keys = checkSigners(envelope) ?? operatorKeys(envelope, root);
  if (isRefused(keys)) return keys;
  const tampered =
    checkSignatures(
      envelope,
      keys.map(({ publicKey }) => publicKey),
    ) ?? checkDigest(envelope);
  if (tampered) return tampered;
  const roll = guarded(() => decodeRoll(envelope.document));
  if (isRefused(roll)) return roll;
  if (!sameBytes(roll.vendor, root.vendor)) return { error: 'wrong_vendor', why: `not of ${root.owner}` };
  if (roll.fleet !== fleet) return { error: 'invalid', why: `the roll of the fleet ${roll.fleet}` };
  const behind = old && (roll.version - old.roll.version || compareBytes(envelope.digest, old.digest));
  if (behind !== undefined && behind < 0)
    return { error: 'rollback', why: `version ${roll.version} after ${old?.roll.version}` };
  const before = old?.roll.version ?? 0;
  if (roll.version - before > rollAhead)
    return { error: 'fast_forward', why: `version ${roll.version} after ${before}` };
  return { roll, digest: envelope.digest, bytes };
}
