/** Requests of the link about the board's owner, and documents that are longer than a frame. */
import type { Claim, LinkRequest } from '../types.js';

/** What lets a session of the link ask for something without a signature on a board with an owner. */
export const claims = [
  { name: 'uploads', doc: 'the document that is being uploaded is its own, and no trial is under way' },
  { name: 'verified', doc: 'it uploaded a bundle whose signatures are right' },
  { name: 'installs', doc: 'the app that is received or in trial is its own' },
  { name: 'asks', doc: 'nothing is under way any more: it asks why that has ended' },
  { name: 'provisions', doc: 'it gave the board its owner' },
] as const satisfies readonly { readonly name: Claim; readonly doc: string }[];

/** What an upload is for. */
export const uploads = ['bundle', 'dev', 'root', 'ca'] as const;

export const ownerRequests = [
  {
    id: 20,
    name: 'identity',
    kind: 'request',
    rule: 'open',
    broker: false,
    facts: true,
    doc: 'Who the board is and whom it belongs to.',
    fields: [],
    response: [
      { name: 'key', type: 'bytes', max: 32, doc: 'public key of the device, made on it; empty: it has none yet' },
      { name: 'device', type: 'bytes', max: 16, doc: 'device id; empty while the board is open' },
      {
        name: 'nonce',
        type: 'bytes',
        max: 8,
        doc: 'a nonce that signed commands may name, for limits.nonce_ms by the clock of the board',
      },
      { name: 'root', type: 'u32', doc: 'version of the root document; 0: the board is open' },
      { name: 'owner', type: 'text', max: 64, doc: 'domain of the owner' },
      { name: 'fleet', type: 'text', max: 32, doc: 'fleet; empty: no broker' },
      { name: 'broker', type: 'text', max: 128, doc: 'URL of its broker' },
      { name: 'online', type: 'bool', doc: 'true: connected to it' },
      {
        name: 'trouble',
        type: 'text',
        max: 120,
        doc: 'why the last attempt to connect to it has failed, and what helps; empty: it has not',
      },
      { name: 'epoch', type: 'u16', doc: 'epoch of the bundle that is committed' },
      { name: 'number', type: 'u32', doc: 'its number; 0: none' },
      { name: 'bundle', type: 'bytes', max: 32, doc: 'SHA-256 of its manifest; empty: none' },
      { name: 'freshness', type: 'u8', doc: 'row of `freshness`' },
      {
        name: 'unreadable',
        type: 'bool',
        doc: 'true: the flash is damaged. What is said here of owner and number is what can still be read',
      },
    ],
  },
  {
    id: 21,
    name: 'upload.begin',
    kind: 'request',
    rule: 'open',
    broker: true,
    deferred: true,
    doc: 'Begins a document that is longer than a frame. A signed one ends the upload of another session.',
    fields: [
      { name: 'use', type: 'u8', doc: 'row of `uploads`' },
      { name: 'size', type: 'u32', doc: 'bytes' },
    ],
    response: [],
  },
  {
    id: 22,
    name: 'upload.data',
    kind: 'request',
    rule: 'open',
    broker: false,
    deferred: true,
    doc: 'Bytes of the document, in order.',
    fields: [
      { name: 'offset', type: 'u32', doc: 'must continue what was received' },
      { name: 'data', type: 'bytes', max: 896, doc: 'bytes' },
    ],
    response: [],
  },
  {
    id: 23,
    name: 'upload.end',
    kind: 'request',
    rule: 'open',
    broker: false,
    deferred: true,
    doc:
      'The document is complete. A bundle is checked, a root document or certificate checked and stored. ' +
      'After a bundle with its payload inside comes `install.commit`; after a detached one `install.begin`, and ' +
      '`install.data` for what is missing.',
    fields: [],
    response: [
      { name: 'same', type: 'bool', doc: 'true: this very document is in force; nothing is left to do' },
      { name: 'detached', type: 'bool', doc: 'of a bundle: the payload is not inside' },
    ],
  },
  {
    id: 24,
    name: 'network.set',
    kind: 'request',
    rule: ['provisions'],
    port: 'physical while open',
    broker: true,
    deferred: true,
    doc: 'Names broker and fleet. On an open board over a physical port only; on one with an owner it must be signed.',
    fields: [
      { name: 'broker', type: 'text', max: 128, doc: '`mqtt://host:port` or `mqtts://host:port`; empty: none' },
      { name: 'fleet', type: 'text', max: 32, doc: 'fleet; a broker needs one. What can be no broker is `invalid`' },
      { name: 'user', type: 'text', max: 32, doc: 'user name at the broker, may be empty' },
      { name: 'password', type: 'text', max: 64, doc: 'password, may be empty' },
    ],
    response: [],
  },
  {
    id: 25,
    name: 'command',
    kind: 'request',
    rule: 'open',
    broker: false,
    deferred: true,
    doc: 'A signed request (`command` of docs/fleet.md).',
    fields: [{ name: 'document', type: 'bytes', max: 896, doc: 'the signed document' }],
    response: [
      {
        name: 'body',
        type: 'bytes',
        max: 896,
        doc: 'CBOR; on success an empty array: no request that a signed command may carry has fields in its response',
      },
    ],
  },
  {
    id: 26,
    name: 'erase',
    kind: 'request',
    rule: 'open',
    port: 'physical',
    broker: false,
    deferred: true,
    doc: 'Erases everything: apps, keys, owner; the board is open then and restarts. Over a physical port only.',
    fields: [],
    response: [],
  },
  {
    id: 27,
    name: 'repair',
    kind: 'request',
    rule: 'signed',
    broker: true,
    deferred: true,
    doc:
      'Makes a board usable again that says `unreadable`: what can be read of its records is kept, its apps are ' +
      'gone, and it restarts. It must be signed.',
    fields: [{ name: 'number', type: 'u32', doc: 'bundles of the epoch with a lower one are refused' }],
    response: [],
  },
] as const satisfies readonly LinkRequest[];
