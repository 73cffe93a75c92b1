import type { ErrorName, Field, KindName } from '../types.js';

/**
 * The bundle: a closed profile of the SUIT manifest (draft-ietf-suit-manifest, RFC 9019, RFC 9124). The host packs it, the
 * device matches it against this template and interprets nothing. docs/updates.md is the specification for people.
 *
 * Every byte string marked `cbor` holds one CBOR item. Everything is CBOR in shortest form with definite lengths, map keys
 * ascending by their bytes; nothing may follow the last item of a byte string or of the whole.
 */
export const bundle = {
  /** Tag of SUIT's envelope. */
  tag: 107,
  /** Tag of a root document: `TARS` in ASCII. */
  rootTag: 0x54415253,
  /** Tag, first text, and signature size of COSE_Sign1 (RFC 9052). */
  sign1: { tag: 18, context: 'Signature1', signature: 64 },
  /** COSE's numbers of SHA-256 and Ed25519 (RFC 9864). Nothing else is accepted. */
  algorithms: { sha256: -16, ed25519: -19 },
  /** A signer is named by the first bytes of its public key, in the protected header. A hint: the signature decides. */
  kid: 4,
  /** `external_aad` of the signature, in ASCII: what is signed for one use is worth nothing for another. */
  aad: { bundle: '', root: 'tars-root' },
  /** Keys of the envelope and of a root document's outer map, which has `body` instead of `manifest` and no payload. */
  envelope: { authentication: 2, manifest: 3, body: 4, payload: '#w' },
  /** Labels of a protected header, in order. */
  header: { algorithm: 1, kid: 4 },
  /** Keys of the manifest. */
  manifest: { version: 1, sequence: 2, common: 3, validate: 7, invoke: 9, install: 20 },
  manifestVersion: 1,
  /** Keys of `common`. The one component is the app, named by the byte string 00. */
  common: { components: 2, shared: 4 },
  component: 0,
  /** Conditions and directives. */
  command: { vendor: 1, class: 2, image: 3, override: 20, fetch: 21, invoke: 23, device: 24 },
  /** Reporting policies: all of a condition, failures of fetch and invoke. */
  report: { condition: 15, directive: 2 },
  /** Where the payload is, a parameter of install: in the envelope under `#w`, or fetched by its digest. */
  uri: { parameter: 21, integrated: '#w', detached: 'blob' },
  /** `sequence` = epoch * 2^32 + number. The epoch fits 16 bits, the number is 1 to 2^32 - 1. */
  epochShift: 32,
  /** Namespace of vendor ids, the one of domain names (RFC 9562, 6.6). */
  dns: '6ba7b8109dad11d180b400c04fd430c8',
} as const;

/** A parameter of the shared sequence, in the order of its bytes. */
export interface BundleParameter {
  readonly label: number;
  readonly name: string;
  /** `cbor`: a byte string that holds one CBOR item. */
  readonly type: 'bytes' | 'cbor' | 'u32';
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly doc: string;
}

/** Parameters set by override-parameters. Labels below -255 are private: each one states a condition of its own. */
export const bundleParameters = [
  {
    label: 1,
    name: 'vendor',
    type: 'bytes',
    min: 16,
    max: 16,
    optional: false,
    doc: "vendor id: UUID version 8 by SHA-256 from the DNS namespace and the owner's domain (RFC 9562, B.2)",
  },
  {
    label: 2,
    name: 'class',
    type: 'bytes',
    min: 16,
    max: 16,
    optional: false,
    doc: 'class id: UUID version 8 by SHA-256 from the vendor id and the name of the board class',
  },
  {
    label: 3,
    name: 'digest',
    type: 'cbor',
    min: 36,
    max: 36,
    optional: false,
    doc: '`[-16, SHA-256 of the app image]`',
  },
  { label: 14, name: 'size', type: 'u32', min: 1, max: 0xffffffff, optional: false, doc: 'bytes of the app image' },
  {
    label: 24,
    name: 'device',
    type: 'bytes',
    min: 16,
    max: 16,
    optional: true,
    doc: "device id: UUID version 8 by SHA-256 from the vendor id and the device's public key; absent: every device of the class",
  },
  {
    label: -256,
    name: 'grant',
    type: 'cbor',
    min: 1,
    max: 1024,
    optional: false,
    doc: '`[stack, memory, instructions, calls, [row, …]]`: what the modules may use together, see `grants`',
  },
  {
    label: -257,
    name: 'calls',
    type: 'bytes',
    min: 0,
    max: 16,
    optional: false,
    doc: 'host calls needed: bit id % 8 of byte id / 8, the last byte is not 0',
  },
  {
    label: -258,
    name: 'health',
    type: 'u32',
    min: 1,
    max: 600_000,
    optional: false,
    doc: 'health window of the trial, milliseconds',
  },
  {
    label: -259,
    name: 'engine',
    type: 'bytes',
    min: 1,
    max: 32,
    optional: true,
    doc: 'engine condition of native code: digest of {CPU, ABI, engine build, flags}; absent: any engine, no native code',
  },
  {
    label: -260,
    name: 'delta',
    type: 'cbor',
    min: 1,
    max: 96,
    optional: true,
    doc: "`[method, base, size, digest]`: the payload is not the app image but makes it from the app image with SHA-256 `base`; size and SHA-256 are the payload's. No method is defined yet",
  },
] as const satisfies readonly BundleParameter[];

/** First four numbers of a grant: the most that any module asks for. */
export const grantBudget = [
  { name: 'stack', type: 'u32', doc: 'bytes of stack' },
  { name: 'memory', type: 'u32', doc: 'bytes of linear memory' },
  {
    name: 'instructions',
    type: 'u32',
    doc: 'instructions of the worst reaction; 0 no bound: then the counters of the module and the clock bound it',
  },
  { name: 'calls', type: 'u32', doc: 'host calls of the worst reaction' },
] as const satisfies readonly Field[];

/**
 * How a use is compared with a row of the grant: `equal`; at `most` or at `least` the granted number; `rate` as `most`
 * with 0 as the largest.
 */
export type GrantRule = 'equal' | 'most' | 'least' | 'rate';
export interface GrantKind {
  readonly kind: KindName;
  /** Fields of the kind that matter, in the order of the row. Types, limits and defaults are those of `kinds`. */
  readonly fields: readonly { readonly name: string; readonly rule: GrantRule }[];
}

/**
 * Rows of a grant: `[id of the kind, ...fields]`, a trailing field that equals the kind's default is left out and only
 * then. A use is granted if one row covers it in every field. `timer` needs no grant.
 */
export const grants = [
  { kind: 'gpio.out', fields: [{ name: 'name', rule: 'equal' }] },
  { kind: 'gpio.in', fields: [{ name: 'name', rule: 'equal' }] },
  {
    kind: 'pwm.pulse',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'frequency', rule: 'most' },
      { name: 'min', rule: 'least' },
      { name: 'max', rule: 'most' },
    ],
  },
  {
    kind: 'pwm.duty',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'frequency', rule: 'most' },
      { name: 'max', rule: 'most' },
    ],
  },
  { kind: 'adc', fields: [{ name: 'name', rule: 'equal' }] },
  {
    kind: 'i2c',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'address', rule: 'equal' },
      { name: 'speed', rule: 'most' },
    ],
  },
  {
    kind: 'spi',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'select', rule: 'equal' },
      { name: 'speed', rule: 'most' },
    ],
  },
  {
    kind: 'uart',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'baud', rule: 'most' },
    ],
  },
  {
    kind: 'publish',
    fields: [
      { name: 'topic', rule: 'equal' },
      { name: 'rate', rule: 'rate' },
    ],
  },
  { kind: 'subscribe', fields: [{ name: 'topic', rule: 'equal' }] },
  {
    kind: 'param',
    fields: [
      { name: 'name', rule: 'equal' },
      { name: 'min', rule: 'least' },
      { name: 'max', rule: 'most' },
    ],
  },
] as const satisfies readonly GrantKind[];

/** Roles of a key: bit `1 << row`. The thresholds of a root document stand in this order. */
export const roles = [
  { name: 'root', doc: 'signs root documents' },
  { name: 'release', doc: 'signs bundles' },
  { name: 'operator', doc: 'signs commands: start, stop, set a parameter' },
  { name: 'aot', doc: 'signs bundles with native code, beside release' },
  {
    name: 'dev',
    doc: 'signs apps that run from RAM and are gone after a reset; their numbers are not looked at, so a key with release as well lets anybody at the port run its old bundles until then',
  },
] as const;

/** Name of a role. */
export type Role = (typeof roles)[number]['name'];

/** Keys of a root document's body. */
export const root = [
  { key: 1, name: 'format', type: 'u8', doc: 'format of the document, 1' },
  { key: 2, name: 'version', type: 'u32', doc: 'number of the document, from 1; the next one has exactly one more' },
  {
    key: 3,
    name: 'epoch',
    type: 'u16',
    doc: 'epoch of bundles; the next document has the same, or one more: then sequence numbers start again',
  },
  {
    key: 4,
    name: 'sequence',
    type: 'u32',
    doc: 'bundles below this number are refused; the bound on jumps counts from here',
  },
  { key: 5, name: 'vendor', type: 'bytes', max: 16, doc: 'vendor id of the owner' },
  { key: 6, name: 'owner', type: 'text', max: 64, doc: 'domain of the owner, from which the vendor id is made' },
  {
    key: 7,
    name: 'thresholds',
    type: 'u8s',
    max: 5,
    doc: 'for each role how many of its keys must sign; 0 exactly for a role without keys; root and release have keys',
  },
  {
    key: 8,
    name: 'keys',
    type: 'keys',
    max: 8,
    doc: 'rows `[public key, roles, name]` in ascending order of the public keys, no two with the same first 4 bytes',
  },
] as const;

/** One check. Checks run in this order and the first that fails names the refusal. */
export interface Refusal {
  readonly order: number;
  /** Where it belongs: what is looked at. */
  readonly part: 'envelope' | 'signers' | 'manifest' | 'device' | 'order' | 'payload' | 'app' | 'root';
  readonly error: ErrorName;
  readonly doc: string;
}

/**
 * Form, wherever it is checked: bytes are read once, from first to last, and the first byte that is wrong decides.
 * For each item: no byte left, or an argument cut short: `truncated`. Additional information 28 to 31, or an argument
 * that would fit a shorter form (not for floats and simple values): `encoding`. A key equal to the one before: `duplicate_key`; lower: `encoding`; not in the
 * template, or one left out: `profile`. Another type or value than the template's: `algorithm` for algorithm numbers,
 * `version` for the manifest's version and a root document's format, else `profile`. A string longer than what is left of
 * its enclosure: `truncated`; a text that is no UTF-8: `encoding`; a length that the template doesn't allow: `profile`.
 * Bytes after the last item: `trailing`. Inside the byte strings of grant and delta every fault is `profile`. The number of
 * commands in the shared sequence is compared with the parameter device right after the parameters.
 */
export const formErrors = [
  'truncated',
  'encoding',
  'duplicate_key',
  'profile',
  'algorithm',
  'version',
  'trailing',
] as const satisfies readonly ErrorName[];

/** Checks of a bundle, in order. `form` in `doc` stands for `formErrors`. */
export const refusals = [
  { order: 1, part: 'envelope', error: 'too_long', doc: 'the envelope has more bytes than limits.bundle' },
  {
    order: 2,
    part: 'envelope',
    error: 'profile',
    doc: 'form of the outer map, of the digest and of every signature block; manifest and payload are skipped over by their length; at most limits.keys signatures',
  },
  { order: 3, part: 'signers', error: 'unsigned', doc: 'there is at least one signature' },
  { order: 4, part: 'signers', error: 'duplicate_signer', doc: 'signers ascend by their key ids; two equal ids' },
  { order: 5, part: 'signers', error: 'encoding', doc: 'signers ascend by their key ids; a lower id follows' },
  { order: 6, part: 'signers', error: 'not_owned', doc: 'the board has a root document' },
  { order: 7, part: 'signers', error: 'unknown_key', doc: 'every signer is a key of the root document' },
  { order: 8, part: 'signers', error: 'role', doc: 'every signer has the role release' },
  { order: 9, part: 'signers', error: 'threshold', doc: 'as many signers as the root document wants for release' },
  {
    order: 10,
    part: 'signers',
    error: 'malleable',
    doc: 'signature by signature, this and the next two: S is below the order of the group',
  },
  {
    order: 11,
    part: 'signers',
    error: 'small_order',
    doc: 'neither R nor the public key is of small order or spelled non-canonically',
  },
  {
    order: 12,
    part: 'signers',
    error: 'bad_signature',
    doc: 'the signature is right for this digest, without cofactor',
  },
  {
    order: 13,
    part: 'manifest',
    error: 'digest',
    doc: 'the signed digest is that of the manifest, with the head of its byte string',
  },
  {
    order: 14,
    part: 'manifest',
    error: 'profile',
    doc: 'form of the manifest; `#w` is in the envelope exactly if the manifest fetches it',
  },
  { order: 15, part: 'device', error: 'wrong_vendor', doc: 'vendor id of the root document' },
  { order: 16, part: 'device', error: 'wrong_class', doc: 'class id of this board' },
  {
    order: 17,
    part: 'device',
    error: 'wrong_device',
    doc: 'device id of this device, if there is one in the manifest',
  },
  { order: 18, part: 'device', error: 'wrong_engine', doc: "engine condition, if there is one: the board's" },
  {
    order: 19,
    part: 'device',
    error: 'role',
    doc: 'with an engine condition: as many of the signers have the role aot as the root document wants for it, at least one',
  },
  { order: 20, part: 'order', error: 'epoch', doc: 'the epoch of the root document' },
  {
    order: 21,
    part: 'order',
    error: 'rollback',
    doc: "the number is not below that of the committed bundle of this epoch, nor below the root document's. An equal number with an equal manifest digest ends the checks here: nothing is left to do",
  },
  { order: 22, part: 'order', error: 'equivocation', doc: 'an equal number comes with an equal manifest digest' },
  {
    order: 23,
    part: 'order',
    error: 'fast_forward',
    doc: 'the number is at most limits.jump above the larger of those two',
  },
  { order: 24, part: 'order', error: 'known_bad', doc: 'this manifest did not fail on this device before' },
  { order: 25, part: 'device', error: 'missing_call', doc: 'the board has every call that is needed' },
  { order: 26, part: 'device', error: 'delta', doc: 'the method is known and the base is what the board holds' },
  {
    order: 27,
    part: 'payload',
    error: 'payload_size',
    doc: 'the payload has the signed size; a detached one before its first byte is stored and never beyond',
  },
  { order: 28, part: 'payload', error: 'payload_digest', doc: 'the payload has the signed digest' },
  {
    order: 29,
    part: 'app',
    error: 'invalid',
    doc: 'the payload is an app image: `[class, [module, …]]`, 1 to limits.modules modules of 1 to limits.module bytes',
  },
  { order: 30, part: 'app', error: 'class', doc: "the image names the board's class" },
  {
    order: 31,
    part: 'app',
    error: 'module',
    doc: 'module by module, this and the next four: the Wasm module holds the rules of the ABI',
  },
  { order: 32, part: 'app', error: 'abi', doc: 'its manifest is of this ABI version' },
  { order: 33, part: 'app', error: 'manifest', doc: 'its manifest has the right form' },
  { order: 34, part: 'app', error: 'missing_call', doc: 'its host calls are among those of the bundle' },
  { order: 35, part: 'app', error: 'grant', doc: 'its budgets and each of its uses lie inside the grant' },
  { order: 36, part: 'app', error: 'conflict', doc: 'no output and no bus address belongs to two modules' },
] as const satisfies readonly Refusal[];

/** Checks of a root document, in order. `old` is the one that the board has, if any. */
export const rootRefusals = [
  { order: 1, part: 'envelope', error: 'too_long', doc: 'the document has more bytes than limits.root' },
  {
    order: 2,
    part: 'envelope',
    error: 'profile',
    doc: 'form of the outer map, of the digest and of every signature block; the body is skipped over by its length; at most twice limits.keys signatures',
  },
  { order: 3, part: 'signers', error: 'unsigned', doc: 'there is at least one signature' },
  { order: 4, part: 'signers', error: 'duplicate_signer', doc: 'signers ascend by their key ids; two equal ids' },
  { order: 5, part: 'signers', error: 'encoding', doc: 'signers ascend by their key ids; a lower id follows' },
  {
    order: 6,
    part: 'root',
    error: 'digest',
    doc: 'the signed digest is that of the body, with the head of its byte string',
  },
  { order: 7, part: 'root', error: 'profile', doc: 'form of the body; keys ascend' },
  {
    order: 8,
    part: 'root',
    error: 'root_keys',
    doc: 'key ids differ; every key has a role of the list; each threshold is 1 to the number of its keys, 0 exactly without keys; root and release have keys',
  },
  { order: 9, part: 'root', error: 'small_order', doc: 'no key is of small order or spelled non-canonically' },
  {
    order: 10,
    part: 'root',
    error: 'root_version',
    doc: "with an old one: exactly one version more. The old version with the old body's digest ends the checks here: nothing is left to do",
  },
  { order: 11, part: 'root', error: 'wrong_vendor', doc: 'with an old one: the same vendor id' },
  { order: 12, part: 'root', error: 'epoch', doc: 'with an old one: the same epoch or one more' },
  { order: 13, part: 'root', error: 'rollback', doc: 'with an old one of the same epoch: `sequence` is not lower' },
  {
    order: 14,
    part: 'root',
    error: 'root_keys',
    doc: 'with an old one: no key id names another key than in the old one',
  },
  { order: 15, part: 'signers', error: 'unknown_key', doc: 'every signer is a key of the new or of the old document' },
  {
    order: 16,
    part: 'signers',
    error: 'role',
    doc: 'every signer has the role root in the new or in the old document',
  },
  {
    order: 17,
    part: 'signers',
    error: 'threshold',
    doc: 'as many signers with the role root as the old and as the new document want',
  },
  {
    order: 18,
    part: 'signers',
    error: 'malleable',
    doc: 'signature by signature, this and the next two: S is below the order of the group',
  },
  { order: 19, part: 'signers', error: 'small_order', doc: 'R is not of small order nor spelled non-canonically' },
  {
    order: 20,
    part: 'signers',
    error: 'bad_signature',
    doc: 'the signature is right for this digest, without cofactor',
  },
] as const satisfies readonly Refusal[];
