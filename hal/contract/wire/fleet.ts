import type { Message } from '../types.js';
import type { Role } from './root.js';

/**
 * What a board and its owner say to each other through a broker. Each document is signed by itself: a broker that
 * tampers, replays or withholds installs nothing and moves nothing. docs/fleet.md is the specification for people.
 *
 * A document has the outer form of a root document: `tag({2: << [<< digest >>, << signature >>, …] >>, 4: << body
 * >>})`; the body is a CBOR array of the row's fields, and the signatures' `external_aad` is `aad` with the name of the
 * document, so that one is never taken for another.
 */
export const signed = {
  /** Tag of a signed document: `TARC` in ASCII. */
  tag: 0x54415243,
  /** `external_aad` is this and the name. */
  aad: 'tars-',
} as const;

/** `external_aad` of `name`, and who signs it. */
export interface SignedDocument extends Message {
  /** A role of the root document, as many of whose keys must sign as it wants, or the device with its own key. */
  readonly signer: Role | 'device';
}

const device = { name: 'device', type: 'bytes', max: 16, doc: 'device id' } as const;
const boot = { name: 'boot', type: 'u32', doc: 'boots of the device' } as const;
const counter = {
  name: 'counter',
  type: 'u32',
  doc: 'documents that the device has signed since this boot: with `boot`, it never comes again',
} as const;
const digest = { name: 'bundle', type: 'bytes', max: 32, doc: "SHA-256 of a bundle's manifest; empty: none" } as const;
const nonce = {
  name: 'nonce',
  type: 'bytes',
  max: 8,
  doc: "the board's session nonce: random, new at each boot and each connection to the broker",
} as const;

const ticket = {
  name: 'nonce',
  type: 'bytes',
  max: 8,
  doc: 'a nonce that the next command may name, for limits.nonce_ms by the clock of the board',
} as const;

/** The documents. Ids, shared with `blobs`, are numbers of the generated tables; they are never sent. */
export const fleet = [
  {
    id: 1,
    name: 'birth',
    kind: 'event',
    signer: 'device',
    doc: 'What the board is and runs; retained under `state`, new whenever one of its facts changes.',
    fields: [
      device,
      boot,
      counter,
      nonce,
      { name: 'key', type: 'bytes', max: 32, doc: 'public key of the device, from which its id is made' },
      { name: 'name', type: 'text', max: 32, doc: 'name of the device, for people' },
      { name: 'class', type: 'text', max: 32, doc: 'board class' },
      { name: 'firmware', type: 'text', max: 32, doc: 'firmware version' },
      { name: 'abi', type: 'u8', doc: 'ABI version' },
      { name: 'contract', type: 'bytes', max: 8, doc: 'digest of the contract, informative' },
      { name: 'calls', type: 'bytes', max: 16, doc: 'bitmap of the host calls implemented' },
      { name: 'root', type: 'u32', doc: 'version of its root document' },
      { name: 'epoch', type: 'u16', doc: 'epoch of the bundle that is committed' },
      { name: 'number', type: 'u32', doc: 'its number; 0: none' },
      digest,
      { name: 'trial', type: 'bytes', max: 32, doc: 'SHA-256 of the manifest of the bundle in trial; empty: none' },
      { name: 'modules', type: 'bytes', max: 256, doc: 'digests of the modules that run, 32 bytes each' },
      { name: 'freshness', type: 'u8', doc: 'row of `freshness`' },
      { name: 'time', type: 'i64', unit: 's', doc: 'highest signed time ever seen, seconds since 1970; 0: none' },
      {
        name: 'behaviour',
        type: 'text',
        max: 32,
        doc: 'one that has faulted: a parked one, or else the one with the most faults; empty: none has',
      },
      { name: 'status', type: 'u8', doc: 'its status: row of `statuses` of the link' },
      { name: 'fault', type: 'u8', doc: 'error code of its last fault' },
      { name: 'faults', type: 'u32', doc: 'its faults since it was installed or the board started' },
    ],
  },
  {
    id: 2,
    name: 'presence',
    kind: 'event',
    signer: 'device',
    doc:
      'Whether the board is connected; retained under `online`, and the will of its connection. Counts only ' +
      'with the `boot` and `nonce` of the newest birth.',
    fields: [device, boot, nonce, { name: 'online', type: 'bool', doc: 'false: the connection is gone' }],
  },
  {
    id: 3,
    name: 'report',
    kind: 'event',
    signer: 'device',
    doc: 'One step of an update, under `evt`. The operator drops duplicates by (device, bundle, attempt, phase).',
    fields: [
      device,
      boot,
      counter,
      { name: 'phase', type: 'u8', doc: 'row of `phases`' },
      digest,
      { name: 'number', type: 'u32', doc: 'its number; 0: not known' },
      { name: 'attempt', type: 'u8', doc: 'starts of this trial: one, and each reboot in it' },
      { name: 'code', type: 'u8', doc: 'error code of the reason, 0 none' },
      { name: 'behaviour', type: 'text', max: 32, doc: 'behaviour that was the reason; may be empty' },
      {
        name: 'detail',
        type: 'text',
        max: 80,
        doc: 'what the board says beside the code, for people, in printable ASCII; may be empty',
      },
    ],
  },
  {
    id: 4,
    name: 'reply',
    kind: 'event',
    signer: 'device',
    doc: 'Answer to a command, and to an empty message under `cmd`, which asks for a nonce; under `rsp`.',
    fields: [
      device,
      boot,
      counter,
      ticket,
      { name: 'command', type: 'u32', doc: 'counter of the command; 0: a nonce was asked for' },
      { name: 'code', type: 'u8', doc: 'error code, 0 success' },
      {
        name: 'body',
        type: 'bytes',
        max: 896,
        doc: 'CBOR; on success an empty array: no request that a signed command may carry has fields in its response',
      },
    ],
  },
  {
    id: 5,
    name: 'command',
    kind: 'event',
    signer: 'operator',
    doc:
      "A request of the link, signed; under `cmd`, and in the link's `command`. Taken once: the counters of a " +
      'nonce only rise.',
    fields: [
      device,
      {
        ...ticket,
        doc: 'one that the board gave at most limits.nonce_ms ago, in `identity` of the link or in a `reply`',
      },
      { name: 'counter', type: 'u32', doc: 'above 0 and every counter that was taken with this nonce' },
      { name: 'request', type: 'u8', doc: 'id of the link request; one that a signed command may carry' },
      { name: 'body', type: 'bytes', max: 512, doc: 'its fields, CBOR' },
    ],
  },
  {
    id: 6,
    name: 'beacon',
    kind: 'event',
    signer: 'operator',
    doc: 'What is newest, so that a board can tell that somebody withholds updates; under `beacon`.',
    fields: [
      { name: 'device', type: 'bytes', max: 16, doc: 'device id; empty: every device of the owner' },
      { name: 'nonce', type: 'bytes', max: 8, doc: 'session nonce of that device; empty: none is answered' },
      { name: 'epoch', type: 'u16', doc: 'epoch of the newest bundle' },
      { name: 'number', type: 'u32', doc: 'its number; 0: none' },
      { name: 'time', type: 'i64', unit: 's', doc: 'when it was signed, seconds since 1970' },
      { name: 'expiry', type: 'i64', unit: 's', doc: 'until when it holds' },
    ],
  },
] as const satisfies readonly SignedDocument[];

/** Steps of an update, in the order in which they come. */
export const phases = [
  { name: 'received', doc: 'the bundle and everything it fetches is on the device' },
  { name: 'verified', doc: 'every check has passed' },
  { name: 'staged', doc: 'loaded beside the old app, which still runs' },
  { name: 'trial', doc: 'the new app runs, the old one is frozen' },
  { name: 'committed', doc: 'the new app stays' },
  { name: 'reverted', doc: 'the old app is back, or none if this one was committed; this bundle is not tried again' },
  { name: 'rejected', doc: 'refused before anything changed; `code` names the attack or mistake' },
  { name: 'refused', doc: 'a command, beacon or root document was refused; `code` says why' },
  { name: 'failed', doc: 'it could not be fetched or stored; it will be tried again' },
] as const;

/** What a board knows of how new its app is. */
export const freshness = [
  { name: 'unknown', doc: "no beacon has answered this boot's nonce yet" },
  { name: 'fresh', doc: 'the newest beacon holds, and names no newer bundle' },
  { name: 'stale', doc: 'a beacon names a newer bundle, or the newest beacon has expired' },
] as const;

/** Fetching of what is too large for a bundle. Unsigned on the way: digests are signed, or lead to a signed one. */
export const blobs = [
  {
    id: 16,
    name: 'want',
    kind: 'event',
    doc: 'Under `blob/req`: chunks that the device lacks.',
    fields: [
      {
        name: 'digest',
        type: 'bytes',
        max: 32,
        doc: 'of an app image: its index is wanted; of a module: its chunks are',
      },
      { name: 'index', type: 'bool', doc: 'true: the index of the app image with this digest' },
      { name: 'first', type: 'u32', doc: 'number of the chunk of bit 0' },
      { name: 'bitmap', type: 'u32', doc: 'bit i: chunk `first + i` is wanted' },
    ],
  },
  {
    id: 17,
    name: 'index',
    kind: 'event',
    doc: 'Under `blob/{digest}/index`: the modules of an app image.',
    fields: [
      { name: 'class', type: 'text', max: 32, doc: 'board class of the image' },
      { name: 'digests', type: 'bytes', max: 256, doc: '32 bytes for each module' },
      { name: 'sizes', type: 'u32s', max: 8, doc: 'bytes of each module' },
    ],
  },
] as const satisfies readonly Message[];

/** Topics. `{fleet}` is a name of the owner's, `{device}` the device id in hex. */
export const topics = [
  { name: 'desired', path: 'd/{device}/desired', retained: true, from: 'operator', carries: 'a bundle' },
  { name: 'root', path: 'root', retained: true, from: 'operator', carries: 'the newest root document' },
  {
    name: 'rootNext',
    path: 'root/{version}',
    retained: true,
    from: 'operator',
    carries: 'the root document of that version, for boards that missed some',
  },
  {
    name: 'roll',
    path: 'roll',
    retained: true,
    from: 'operator',
    carries: 'the roll: which devices are enrolled. Devices take no notice',
  },
  {
    name: 'logHead',
    path: 'log/{operator}',
    retained: true,
    from: 'operator',
    carries: "the head of an operator's log, signed. Devices take no notice",
  },
  { name: 'beacon', path: 'd/{device}/beacon', retained: false, from: 'operator', carries: '`beacon`' },
  {
    name: 'command',
    path: 'd/{device}/cmd',
    retained: false,
    from: 'operator',
    carries: '`command`, or nothing: then a nonce is asked for',
  },
  { name: 'reply', path: 'd/{device}/rsp', retained: false, from: 'device', carries: '`reply`' },
  { name: 'state', path: 'd/{device}/state', retained: true, from: 'device', carries: '`birth`' },
  { name: 'online', path: 'd/{device}/online', retained: true, from: 'device', carries: '`presence`' },
  { name: 'events', path: 'd/{device}/evt', retained: false, from: 'device', carries: '`report`' },
  { name: 'want', path: 'd/{device}/blob/req', retained: false, from: 'device', carries: '`want`' },
  {
    name: 'blob',
    path: 'd/{device}/blob/{digest}/{chunk}',
    retained: false,
    from: 'operator',
    carries: 'a chunk of limits.blob_chunk bytes (the last one shorter), or `index`',
  },
  {
    name: 'data',
    path: 'd/{device}/t/{name}',
    retained: false,
    from: 'device',
    carries: 'a data topic that the source calls `remote`',
  },
  {
    name: 'operator',
    path: 'operator',
    retained: true,
    from: 'operator',
    carries:
      'who pushes now, JSON for people and other operators; the will of its connection empties it. Devices take ' +
      'no notice',
  },
] as const;

/** Beginning of every topic. All are QoS 1 except data topics, which are QoS 0. */
export const topicRoot = 'tars/v1/{fleet}/';
