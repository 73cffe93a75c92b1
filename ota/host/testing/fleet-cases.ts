/** Documents of a fleet that must be taken or refused, for both verifiers; `hal/vectors/fleet.json` is made of them. */
import { type ErrorName, limits } from '../../../hal/contract/index.js';
import { encodeBody, fleet } from '../../../sdk/wire/index.js';
import { cbor, concat } from '../cbor.js';
import { type FleetName, signDocument, type Signer } from '../envelope.js';
import { deviceId, fromHex, sha256, toHex } from '../ids.js';
import { type FleetBody, signFleet } from '../signed.js';
import { DEVICE_ID, keys, rootDocuments, type RootName, VENDOR } from './cast.js';
import { swap } from './forge.js';

export const NONCE = fromHex('0102030405060708');
const OTHER_DEVICE = deviceId(VENDOR, keys.otherDevice.publicKey);
const NOW = 1_790_000_000;
const DAY = 86_400;

export const bodies: { readonly [N in FleetName]: FleetBody<N> } = {
  birth: {
    device: DEVICE_ID,
    boot: 3,
    counter: 1,
    nonce: NONCE,
    key: keys.device.publicKey,
    name: 'rover',
    class: 'virtual',
    firmware: '0.1.0',
    abi: limits.abi.value,
    contract: fromHex('a0a1a2a3a4a5a6a7'),
    calls: fromHex('fe01'),
    root: 1,
    epoch: 0,
    number: 7,
    bundle: sha256(Uint8Array.of(7)),
    trial: new Uint8Array(),
    modules: sha256(Uint8Array.of(8)),
    freshness: 1,
    time: NOW,
    behaviour: 'kalman',
    status: 3,
    fault: 96,
    faults: 5,
  },
  presence: { device: DEVICE_ID, boot: 3, nonce: NONCE, online: true },
  report: {
    device: DEVICE_ID,
    boot: 3,
    counter: 2,
    phase: 4,
    bundle: sha256(Uint8Array.of(7)),
    number: 7,
    attempt: 1,
    code: 0,
    behaviour: '',
    detail: '',
  },
  reply: { device: DEVICE_ID, boot: 3, counter: 3, nonce: NONCE, command: 5, code: 0, body: fromHex('80') },
  command: { device: DEVICE_ID, nonce: NONCE, counter: 5, request: 9, body: fromHex('8165626c696e6b') },
  beacon: { device: DEVICE_ID, nonce: NONCE, epoch: 0, number: 7, time: NOW, expiry: NOW + DAY },
};

/** The device before the document comes. */
export interface FleetCase {
  readonly name: string;
  readonly document: FleetName;
  readonly root?: RootName;
  /** Age of the nonce in milliseconds, and the highest counter that was taken under it. */
  readonly ageMs: number;
  readonly counter: number;
  /** Highest signed time seen. */
  readonly timeS: number;
  readonly bytes: Uint8Array;
  /** The refusal; absent: the document is taken. */
  readonly error?: ErrorName;
}

type Change<N extends FleetName> = { readonly [K in keyof FleetBody<N>]?: FleetBody<N>[K] };

const operator = <N extends 'command' | 'beacon'>(
  document: N,
  name: string,
  error: ErrorName | undefined,
  {
    body = {},
    by = [keys.olga],
    root = 'one',
    ageMs = 0,
    counter = 4,
    timeS = NOW - DAY,
    change = (bytes) => bytes,
  }: {
    readonly body?: Change<N>;
    readonly by?: readonly Signer[];
    readonly root?: RootName | '';
    readonly ageMs?: number;
    readonly counter?: number;
    readonly timeS?: number;
    readonly change?: (bytes: Uint8Array) => Uint8Array;
  } = {},
): FleetCase => ({
  name: `${document}: ${name}`,
  document,
  ...(root && { root }),
  ageMs,
  counter,
  timeS,
  ...(error && { error }),
  bytes: change(signFleet(document, { ...bodies[document], ...body }, by)),
});

const device = (
  document: Exclude<FleetName, 'command' | 'beacon'>,
  name: string,
  error: ErrorName | undefined,
  bytes: Uint8Array,
): FleetCase => ({
  name: `${document}: ${name}`,
  document,
  root: 'one',
  ageMs: 0,
  counter: 4,
  timeS: 0,
  bytes,
  ...(error && { error }),
});

const flipLast = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, -1), (bytes.at(-1) as number) ^ 1]);
const bodyOf = (document: FleetName): Uint8Array => encodeBody(fleet[document], bodies[document] as never);
const raw = (document: FleetName, body: Uint8Array, by: readonly Signer[]): Uint8Array =>
  signDocument(document, body, by);
/** S of the only signature plus the order of the group: the second spelling. */
const malleable = (bytes: Uint8Array): Uint8Array => {
  const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
  const hex = toHex(bytes);
  const at = hex.indexOf('5840', hex.indexOf('a0f65840')) / 2 + 2 + 32;
  let s = [...bytes.subarray(at, at + 32)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + ORDER;
  const out = bytes.slice();
  for (let i = 0; i < 32; i++, s >>= 8n) out[at + i] = Number(s & 255n);
  return out;
};

/** Commands and beacons. */
export const operatorCases: readonly FleetCase[] = [
  operator('command', 'in order', undefined),
  operator('command', 'a first one with the highest counter', undefined, { body: { counter: 0xffffffff }, counter: 0 }),
  operator('command', 'an open board', 'not_owned', { root: '' }),
  operator('command', 'no signature', 'unsigned', { by: [] }),
  operator('command', 'a key of the release', 'role', { by: [keys.alice] }),
  operator('command', 'a key of nobody', 'unknown_key', { by: [keys.mallory] }),
  operator('command', 'one key too many', 'unknown_key', { by: [keys.olga, keys.mallory] }),
  operator('command', 'the same key twice', 'duplicate_signer', { by: [keys.olga, keys.olga] }),
  operator('command', 'another device', 'wrong_device', { body: { device: OTHER_DEVICE } }),
  operator('command', 'in the last moment of its nonce', undefined, { ageMs: limits.nonce_ms.value - 1 }),
  operator('command', 'under a nonce that was given too long ago', 'nonce', { ageMs: limits.nonce_ms.value }),
  operator('command', 'held back for a day', 'nonce', { ageMs: 1000 * DAY }),
  operator('command', 'a nonce that was not given', 'nonce', { body: { nonce: fromHex('0102030405060709') } }),
  operator('command', 'a nonce that is cut short', 'nonce', { body: { nonce: NONCE.subarray(0, 7) } }),
  operator('command', 'no nonce at all', 'nonce', { body: { nonce: new Uint8Array() } }),
  operator('command', 'counter 0', 'replay', { body: { counter: 0 }, counter: 0 }),
  operator('command', 'the counter again', 'replay', { counter: 5 }),
  operator('command', 'an old counter', 'replay', { counter: 6 }),
  operator('command', 'a changed field', 'digest', { change: flipLast }),
  operator('command', 'a byte behind', 'trailing', { change: (bytes) => concat(bytes, Uint8Array.of(0)) }),
  operator('command', 'cut short', 'truncated', { change: (bytes) => bytes.slice(0, -1) }),
  operator('command', 'S above the order', 'malleable', { change: malleable }),
  operator('command', 'too long', 'too_long', { change: (bytes) => concat(bytes, new Uint8Array(2048)) }),
  operator('command', 'another tag', 'profile', { change: (bytes) => swap(bytes, 'da54415243', 'da54415253') }),
  {
    ...operator('command', 'signed as a beacon', 'bad_signature'),
    bytes: raw('beacon', bodyOf('command'), [keys.olga]),
  },
  { ...operator('command', 'fields of a beacon', 'invalid'), bytes: raw('command', bodyOf('beacon'), [keys.olga]) },
  {
    ...operator('command', 'a field more', 'invalid'),
    bytes: raw('command', concat(Uint8Array.of(0x86), bodyOf('command').subarray(1), cbor.int(0)), [keys.olga]),
  },
  {
    ...operator('command', 'a byte behind its fields', 'invalid'),
    bytes: raw('command', concat(bodyOf('command'), Uint8Array.of(0)), [keys.olga]),
  },
  { ...operator('command', 'an empty body', 'invalid'), bytes: raw('command', new Uint8Array(), [keys.olga]) },
  {
    ...operator('command', 'a number that is not in its shortest form', 'invalid'),
    bytes: raw('command', swap(bodyOf('command'), '0102030405060708050947', '010203040506070818050947'), [keys.olga]),
  },
  operator('beacon', 'in order', undefined),
  operator('beacon', 'for every device, answering none', undefined, {
    body: { device: new Uint8Array(), nonce: new Uint8Array() },
  }),
  operator('beacon', 'the newest time again', undefined, { timeS: NOW }),
  operator('beacon', 'earlier than what was seen', 'past', { timeS: NOW + 1 }),
  operator('beacon', 'a year earlier than what was seen', 'past', { timeS: NOW + 365 * DAY }),
  operator('beacon', 'as late after what was seen as it may be', undefined, { timeS: NOW - limits.time_jump_s.value }),
  operator('beacon', 'years later than what was seen', 'future', { timeS: NOW - limits.time_jump_s.value - 1 }),
  operator('beacon', 'the first of all', undefined, { timeS: 0 }),
  operator('beacon', 'expired before it was signed', 'expired', { body: { expiry: NOW - 1 } }),
  operator('beacon', 'expired as it was signed', 'expired', { body: { expiry: NOW } }),
  operator('beacon', 'another device', 'wrong_device', { body: { device: OTHER_DEVICE } }),
  operator('beacon', 'another nonce', 'session', { body: { nonce: fromHex('ffffffffffffffff') } }),
  operator('beacon', 'a key of the release', 'role', { by: [keys.alice] }),
  operator('beacon', 'a changed field', 'digest', { change: flipLast }),
];

/** Births, presence, reports, replies: the host reads them. */
export const deviceCases: readonly FleetCase[] = [
  ...(['birth', 'presence', 'report', 'reply'] as const).flatMap((document) => [
    device(document, 'in order', undefined, raw(document, bodyOf(document), [keys.device])),
    device(document, 'another device signed', 'unknown_key', raw(document, bodyOf(document), [keys.otherDevice])),
    device(document, 'an operator signed', 'unknown_key', raw(document, bodyOf(document), [keys.olga])),
    device(document, 'two signed', 'profile', raw(document, bodyOf(document), [keys.device, keys.otherDevice])),
    device(document, 'nobody signed', 'unsigned', raw(document, bodyOf(document), [])),
    device(document, 'a changed field', 'digest', flipLast(raw(document, bodyOf(document), [keys.device]))),
    device(document, 'signed for another use', 'bad_signature', raw('command', bodyOf(document), [keys.device])),
    device(document, 'S above the order', 'malleable', malleable(raw(document, bodyOf(document), [keys.device]))),
  ]),
  device(
    'birth',
    'the id of another device',
    'wrong_device',
    signFleet('birth', { ...bodies.birth, device: OTHER_DEVICE }, [keys.device]),
  ),
  device(
    'report',
    'the id of another device',
    'wrong_device',
    signFleet('report', { ...bodies.report, device: OTHER_DEVICE }, [keys.device]),
  ),
];

/** The file: one row a line. */
export function fleetVectorsJson(): string {
  const rows = [...operatorCases, ...deviceCases].map(({ bytes, ...rest }) =>
    JSON.stringify({ ...rest, bytes: toHex(bytes) }),
  );
  const { one } = rootDocuments;
  return (
    `{"roots": ${JSON.stringify({ one: toHex(one) })},\n"device": {"key": ` +
    `"${toHex(keys.device.publicKey)}", "id": "${toHex(DEVICE_ID)}", "nonce": "${toHex(NONCE)}"},\n"documents": ` +
    `[\n${rows.join(',\n')}\n]}\n`
  );
}
