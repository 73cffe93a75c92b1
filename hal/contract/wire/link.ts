import type { Field, Message } from '../types.js';

const behaviour = { name: 'behaviour', type: 'text', max: 32, doc: 'name of the behaviour' } as const satisfies Field;
const index = { name: 'index', type: 'u8', doc: 'row, from 0; error `unknown` past the end' } as const satisfies Field;

/**
 * The link. A frame is `00 COBS(header body crc32) 00`; header = id, kind and sequence number (see wire/frame.ts); bytes
 * outside frames are the console. The board answers a repeated sequence number with the stored response and does nothing.
 */
export const link = [
  { id: 1, name: 'hello', kind: 'request', doc: 'Opens a session: resets the sequence numbers and subscriptions of this link.', fields: [
    { name: 'nonce', type: 'u32', doc: 'chosen by the host for this session' }],
    response: [
      { name: 'class', type: 'text', max: 32, doc: 'board class' },
      { name: 'device', type: 'text', max: 32, doc: 'name of this device' },
      { name: 'firmware', type: 'text', max: 32, doc: 'firmware version' },
      { name: 'abi', type: 'u8', doc: 'ABI version' },
      { name: 'contract', type: 'bytes', max: 8, doc: 'digest of the contract, informative' },
      { name: 'calls', type: 'bytes', max: 16, doc: 'bitmap of the host calls implemented, bit id % 8 of byte id / 8' },
      { name: 'boot', type: 'u32', doc: 'boots so far' },
      { name: 'owned', type: 'bool', doc: 'false: open, takes commands on a physical port' },
      { name: 'slots', type: 'u8', doc: 'behaviours that fit' },
      { name: 'arena', type: 'u32', doc: 'bytes of one behaviour\'s arena' },
      { name: 'virtual', type: 'bool', doc: 'true: runs on virtual time' },
      { name: 'time', type: 'i64', unit: 'us', doc: 'time since the board started' }] },
  { id: 2, name: 'list', kind: 'request', doc: 'One behaviour of the app.', fields: [index],
    response: [behaviour,
      { name: 'status', type: 'u8', doc: 'row of `statuses`' },
      { name: 'priority', type: 'u8', doc: 'priority' },
      { name: 'digest', type: 'bytes', max: 32, doc: 'SHA-256 of the module' },
      { name: 'size', type: 'u32', doc: 'module bytes' },
      { name: 'stored', type: 'bool', doc: 'false: a dev app in RAM' },
      { name: 'trial', type: 'bool', doc: 'true: not yet committed' },
      { name: 'fault', type: 'u8', doc: 'code of the last fault, 0 none' },
      { name: 'faults', type: 'u32', doc: 'faults since it was installed' }] },
  { id: 3, name: 'install.begin', kind: 'request', doc: 'Announces an app; says which modules the board lacks.', fields: [
    { name: 'class', type: 'text', max: 32, doc: 'board class it was built for' },
    { name: 'store', type: 'bool', doc: 'true: flash; false: dev app in RAM' },
    { name: 'digests', type: 'bytes', max: 256, doc: '32 bytes for each module' },
    { name: 'sizes', type: 'u32s', max: 8, doc: 'bytes of each module' }],
    response: [
      { name: 'missing', type: 'u32', doc: 'bit i: module i must be sent' },
      { name: 'same', type: 'bool', doc: 'true: exactly this app is committed and runs; nothing is left to do' }] },
  { id: 4, name: 'install.data', kind: 'request', doc: 'Bytes of a module, in order.', fields: [
    { name: 'module', type: 'u8', doc: 'index of the module' },
    { name: 'offset', type: 'u32', doc: 'must continue what was received' },
    { name: 'data', type: 'bytes', max: 896, doc: 'bytes' }], response: [] },
  { id: 5, name: 'install.commit', kind: 'request', doc: 'Checks and stages the app, and swaps to it as a trial.', fields: [], response: [
    { name: 'gap', type: 'u32', unit: 'us', doc: 'longest time between the last reaction of an old behaviour and the first of the new, processor time' }] },
  { id: 6, name: 'install.confirm', kind: 'request', doc: 'Ends the trial: the new app is committed.', fields: [], response: [] },
  { id: 7, name: 'install.abort', kind: 'request', doc: 'Drops what was received, or reverts a trial.', fields: [], response: [] },
  { id: 8, name: 'start', kind: 'request', doc: 'Starts a stopped or parked behaviour.', fields: [behaviour], response: [] },
  { id: 9, name: 'stop', kind: 'request', doc: 'Stops a behaviour; its outputs go to their safe state.', fields: [behaviour], response: [] },
  { id: 10, name: 'stats', kind: 'request', doc: 'Counters of one behaviour since it was installed.', fields: [behaviour],
    response: [
      { name: 'reactions', type: 'u32', doc: 'reactions run' },
      { name: 'events', type: 'u32', doc: 'events accepted into the queue' },
      { name: 'dropped', type: 'u32', doc: 'events lost to a full queue' },
      { name: 'overruns', type: 'u32', doc: 'periodic events skipped' },
      { name: 'limited', type: 'u32', doc: 'messages over their declared rate' },
      { name: 'restarts', type: 'u32', doc: 'restarts after a fault' },
      { name: 'queue', type: 'u8', doc: 'most events that waited' },
      { name: 'longest', type: 'u32', unit: 'us', doc: 'longest reaction, processor time' },
      { name: 'arena', type: 'u32', doc: 'bytes of its arena in use' }] },
  { id: 11, name: 'board', kind: 'request', doc: 'Counters of the board.', fields: [], response: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'time since the board started' },
      { name: 'pool', type: 'u32', doc: 'free bytes of all arenas and the engine\'s own pool' },
      { name: 'erases', type: 'u32', doc: 'flash sectors erased since the board started' },
      { name: 'programs', type: 'u32', doc: 'flash programs since the board started' },
      { name: 'frames', type: 'u32', doc: 'good frames received' },
      { name: 'damaged', type: 'u32', doc: 'frames with a wrong CRC or coding' },
      { name: 'abandoned', type: 'u32', doc: 'reactions stopped by the clock' }] },
  { id: 12, name: 'param.list', kind: 'request', doc: 'One parameter of the app.', fields: [index], response: [behaviour,
      { name: 'name', type: 'text', max: 32, doc: 'parameter' },
      { name: 'type', type: 'u8', doc: 'row of `paramTypes`' },
      { name: 'value', type: 'value', doc: 'live value' },
      { name: 'min', type: 'value', doc: 'smallest value' },
      { name: 'max', type: 'value', doc: 'largest value' },
      { name: 'unit', type: 'text', max: 16, doc: 'unit' }] },
  { id: 13, name: 'param.get', kind: 'request', doc: 'Reads a parameter.', fields: [behaviour,
      { name: 'name', type: 'text', max: 32, doc: 'parameter' }], response: [
      { name: 'value', type: 'value', doc: 'live value' }] },
  { id: 14, name: 'param.set', kind: 'request', doc: 'Writes a parameter between two reactions.', fields: [behaviour,
      { name: 'name', type: 'text', max: 32, doc: 'parameter' },
      { name: 'value', type: 'value', doc: 'new value' }], response: [] },
  { id: 15, name: 'topic.list', kind: 'request', doc: 'One topic of the app.', fields: [index], response: [
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      { name: 'schema', type: 'text', max: 160, doc: 'fields as `name:type unit,…`' },
      { name: 'publishers', type: 'u8', doc: 'behaviours that publish it' },
      { name: 'subscribers', type: 'u8', doc: 'behaviours that receive it' },
      { name: 'messages', type: 'u32', doc: 'messages so far' }] },
  { id: 16, name: 'publish', kind: 'request', doc: 'Publishes a message from the host.', fields: [
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      { name: 'fields', type: 'values', max: 16, doc: 'fields in order' }], response: [] },
  { id: 17, name: 'subscribe', kind: 'request', doc: 'Streams messages of a topic to the host.', fields: [
      { name: 'topic', type: 'text', max: 64, doc: 'topic; empty: all' },
      { name: 'on', type: 'bool', doc: 'false: no longer' }], response: [] },
  { id: 18, name: 'logs', kind: 'request', doc: 'Streams log lines and changes of status to the host.', fields: [
      { name: 'on', type: 'bool', doc: 'false: no longer' },
      { name: 'history', type: 'bool', doc: 'true: first what the board still holds' }], response: [] },
  { id: 19, name: 'reset', kind: 'request', doc: 'Restarts the board after the response.', fields: [], response: [] },
  { id: 20, name: 'identity', kind: 'request', doc: 'Who the board is and whom it belongs to.', fields: [], response: [
      { name: 'key', type: 'bytes', max: 32, doc: 'public key of the device, made on it; empty: it has none yet' },
      { name: 'device', type: 'bytes', max: 16, doc: 'device id; empty while the board is open' },
      { name: 'nonce', type: 'bytes', max: 8, doc: 'session nonce that signed commands must carry' },
      { name: 'root', type: 'u32', doc: 'version of the root document; 0: the board is open' },
      { name: 'owner', type: 'text', max: 64, doc: 'domain of the owner' },
      { name: 'fleet', type: 'text', max: 32, doc: 'fleet; empty: no broker' },
      { name: 'broker', type: 'text', max: 128, doc: 'URL of its broker' },
      { name: 'online', type: 'bool', doc: 'true: connected to it' },
      { name: 'epoch', type: 'u16', doc: 'epoch of the bundle that is committed' },
      { name: 'number', type: 'u32', doc: 'its number; 0: none' },
      { name: 'bundle', type: 'bytes', max: 32, doc: 'SHA-256 of its manifest; empty: none' },
      { name: 'freshness', type: 'u8', doc: 'row of `freshness`' }] },
  { id: 21, name: 'upload.begin', kind: 'request', doc: 'Begins a document that is longer than a frame.', fields: [
      { name: 'use', type: 'u8', doc: 'row of `uploads`' },
      { name: 'size', type: 'u32', doc: 'bytes' }], response: [] },
  { id: 22, name: 'upload.data', kind: 'request', doc: 'Bytes of the document, in order.', fields: [
      { name: 'offset', type: 'u32', doc: 'must continue what was received' },
      { name: 'data', type: 'bytes', max: 896, doc: 'bytes' }], response: [] },
  { id: 23, name: 'upload.end', kind: 'request', doc: 'The document is complete. A bundle is checked, a root document or certificate checked and stored. After a bundle with its payload inside comes `install.commit`; after a detached one `install.begin`, and `install.data` for what is missing.', fields: [],
    response: [
      { name: 'same', type: 'bool', doc: 'true: this very document is in force; nothing is left to do' },
      { name: 'detached', type: 'bool', doc: 'of a bundle: the payload is not inside' }] },
  { id: 24, name: 'network.set', kind: 'request', doc: 'Names broker and fleet. On an open board over a physical port only; on one with an owner it must be signed.', fields: [
      { name: 'broker', type: 'text', max: 128, doc: '`mqtt://host:port` or `mqtts://host:port`; empty: none' },
      { name: 'fleet', type: 'text', max: 32, doc: 'fleet' },
      { name: 'user', type: 'text', max: 32, doc: 'user name at the broker, may be empty' },
      { name: 'password', type: 'text', max: 64, doc: 'password, may be empty' }], response: [] },
  { id: 25, name: 'command', kind: 'request', doc: 'A signed request (`command` of docs/fleet.md).', fields: [
      { name: 'document', type: 'bytes', max: 896, doc: 'the signed document' }], response: [
      { name: 'body', type: 'bytes', max: 896, doc: 'the fields of the response, CBOR' }] },
  { id: 26, name: 'erase', kind: 'request', doc: 'Erases everything: apps, keys, owner; the board is open then and restarts. Over a physical port only.', fields: [], response: [] },
  { id: 64, name: 'log', kind: 'event', doc: 'A log line.', fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'logical time' }, behaviour,
      { name: 'text', type: 'text', max: 120, doc: 'template' },
      { name: 'fields', type: 'values', max: 16, doc: 'arguments' }] },
  { id: 65, name: 'message', kind: 'event', doc: 'A message on a topic.', fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'logical time' },
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      { name: 'fields', type: 'values', max: 16, doc: 'fields in order' }] },
  { id: 66, name: 'status', kind: 'event', doc: 'A behaviour changed its status.', fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'time' }, behaviour,
      { name: 'status', type: 'u8', doc: 'row of `statuses`' },
      { name: 'code', type: 'u8', doc: 'error code of the reason, 0 none' }] },
] as const satisfies readonly Message[];

/** Status of a behaviour. */
export const statuses = ['stopped', 'running', 'restarting', 'parked', 'swapping'] as const;

/** What an upload is for. */
export const uploads = ['bundle', 'dev', 'root', 'ca'] as const;
