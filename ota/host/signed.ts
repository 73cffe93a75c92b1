/**
 * The signed documents of a fleet (hal/contract/wire/fleet.ts): packed, signed and verified. Commands and beacons are
 * signed by operator keys of the root document, births, presence, reports and replies by the device's own key, from
 * which its id is made. The checks stand in one order and the first that fails names the refusal; the device has the
 * same.
 */
import { fleet as rows, limits } from '../../hal/contract/index.js';
import { CborError, decodeBody, encodeBody, fleet, type MessageBody } from '../../sdk/wire/index.js';
import { compareBytes, sameBytes } from './cbor.js';
import { keyId } from './cose.js';
import {
  checkDigest,
  checkSignatures,
  checkSigners,
  type Envelope,
  type FleetName,
  isRefused,
  readEnvelope,
  type Refused,
  signDocument,
  type Signer,
} from './envelope.js';
import { deviceId, toHex } from './ids.js';
import { findKey, type Root, type RootKey } from './root.js';

export type { FleetName };
type Rows = typeof rows;
type SignedBy<S> = Extract<Rows[number], { readonly signer: S }>['name'];
/** Documents of the operator, and of the device. */
export type OperatorDocument = SignedBy<'operator'>;
export type DeviceDocument = SignedBy<'device'>;

/** Fields of a document. */
export type FleetBody<N extends FleetName> = MessageBody<(typeof fleet)[N]>;

/** Signs a document. Throws CborError if a field doesn't fit. */
export const signFleet = <N extends FleetName>(name: N, body: FleetBody<N>, signers: readonly Signer[]): Uint8Array =>
  signDocument(name, encodeBody(fleet[name], body as never), signers);

/** Form, digest and fields, before any key is known: nothing in it is believed yet. */
function open<N extends FleetName>(
  name: N,
  bytes: Uint8Array,
  trusted: (envelope: Envelope) => Refused | undefined,
): { envelope: Envelope; body: FleetBody<N> } | Refused {
  const envelope = readEnvelope(name, bytes);
  if (isRefused(envelope)) return envelope;
  const early = checkSigners(envelope) ?? trusted(envelope) ?? checkDigest(envelope);
  if (early) return early;
  try {
    return { envelope, body: decodeBody(fleet[name], envelope.document) as unknown as FleetBody<N> };
  } catch (error) {
    if (error instanceof CborError) return { error: 'invalid', why: error.message };
    throw error;
  }
}

/** Keys of the signers, if they have the role operator and suffice. */
export function operatorKeys({ signatures }: Envelope, root: Root | undefined): readonly RootKey[] | Refused {
  if (!root) return { error: 'not_owned', why: 'the board has no root document' };
  const keys = signatures.map(({ kid }) => findKey(root, kid));
  const known = keys.filter((key) => key !== undefined);
  if (known.length < keys.length) return { error: 'unknown_key', why: `signature ${keys.indexOf(undefined) + 1}` };
  const roleless = known.find((key) => !key.roles.includes('operator'));
  if (roleless) return { error: 'role', why: `the key ${roleless.name} lacks the role operator` };
  const { operator } = root.thresholds;
  return known.length < operator ? { error: 'threshold', why: `${known.length} of ${operator} signatures` } : known;
}

/** Verifies what operators signed, as a device does: order of checks as for bundles, then the fields (`invalid`). */
export function verifyOperator<N extends OperatorDocument>(
  name: N,
  bytes: Uint8Array,
  root: Root | undefined,
): FleetBody<N> | Refused {
  const opened = open(name, bytes, (envelope) => {
    const keys = operatorKeys(envelope, root);
    return isRefused(keys)
      ? keys
      : checkSignatures(
          envelope,
          keys.map(({ publicKey }) => publicKey),
        );
  });
  return isRefused(opened) ? opened : opened.body;
}

/** Whom a device's document must be from. */
export interface DeviceIdentity {
  readonly vendor: Uint8Array;
  /** Public key, from the birth that was believed; a birth brings its own. */
  readonly publicKey?: Uint8Array;
}

/**
 * Verifies what a device signed: the key must make the device id that stands in the document. A birth carries its key,
 * so there is nobody else to ask who this is; for the other documents the key is that of the device's birth.
 */
export function verifyDevice<N extends DeviceDocument>(
  name: N,
  bytes: Uint8Array,
  { vendor, publicKey }: DeviceIdentity,
): FleetBody<N> | Refused {
  const opened = open(name, bytes, () => undefined);
  if (isRefused(opened)) return opened;
  const { envelope, body } = opened;
  const { key, device } = body as unknown as { readonly key?: Uint8Array; readonly device: Uint8Array };
  const known = key ?? publicKey;
  if (!known) return { error: 'unknown_key', why: `no birth of ${toHex(device)} is known` };
  if (!sameBytes(deviceId(vendor, known), device))
    return { error: 'wrong_device', why: `${toHex(device)} is not the id of this key` };
  const signature = envelope.signatures[0];
  if (!signature || compareBytes(signature.kid, keyId(known)) !== 0)
    return { error: 'unknown_key', why: `not signed by ${toHex(device)}` };
  return checkSignatures(envelope, [known]) ?? body;
}

/** A nonce that a device gave for commands. */
export interface CommandNonce {
  readonly nonce: Uint8Array;
  /** Milliseconds since the device gave the nonce, by its clock. */
  readonly ageMs: number;
  /** Highest counter of the commands that named it; 0: none did. */
  readonly counter: number;
}

/** What a device knows when a command comes. */
export interface CommandState {
  readonly root?: Root;
  readonly device: Uint8Array;
  readonly nonces: readonly CommandNonce[];
}

/** Verifies a command as a device does; the caller keeps the counter of one that was taken. */
export function verifyCommand(bytes: Uint8Array, state: CommandState): FleetBody<'command'> | Refused {
  const command = verifyOperator('command', bytes, state.root);
  if (isRefused(command)) return command;
  if (!sameBytes(command.device, state.device)) return { error: 'wrong_device', why: `for ${toHex(command.device)}` };
  const named = state.nonces.find(({ nonce }) => sameBytes(nonce, command.nonce));
  if (!named) return { error: 'nonce', why: 'the device did not give it' };
  if (named.ageMs >= limits.nonce_ms.value) return { error: 'nonce', why: `given ${named.ageMs} ms ago` };
  return command.counter <= named.counter
    ? { error: 'replay', why: `counter ${command.counter} after ${named.counter}` }
    : command;
}

/** What a device knows when a beacon comes. */
export interface BeaconState {
  readonly root?: Root;
  readonly device: Uint8Array;
  /** Highest signed time ever seen, seconds since 1970; 0: none. */
  readonly timeS: number;
  /** Nonce of the device's connection; a beacon that names one must name this. */
  readonly nonce: Uint8Array;
}

/** Verifies a beacon as a device does. */
export function verifyBeacon(bytes: Uint8Array, state: BeaconState): FleetBody<'beacon'> | Refused {
  const beacon = verifyOperator('beacon', bytes, state.root);
  if (isRefused(beacon)) return beacon;
  const { device, nonce, time, expiry } = beacon;
  if (device.length > 0 && !sameBytes(device, state.device))
    return { error: 'wrong_device', why: `for ${toHex(device)}` };
  if (nonce.length > 0 && !sameBytes(nonce, state.nonce)) return { error: 'session', why: 'another nonce' };
  if (time < state.timeS) return { error: 'past', why: `${state.timeS - time} s before the newest signed time` };
  if (state.timeS > 0 && time > state.timeS + limits.time_jump_s.value)
    return { error: 'future', why: `${time - state.timeS} s after the newest signed time` };
  // The device has no clock of its own: the signed time is the only one there is.
  return expiry <= time ? { error: 'expired', why: 'it had expired when it was signed' } : beacon;
}

/** Most bytes of a signed command that a frame of the link carries. */
export const MAX_COMMAND = limits.chunk.value;
