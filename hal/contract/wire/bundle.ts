import type { ErrorName } from '../types.js';

/**
 * The bundle: a closed profile of the SUIT manifest (draft-ietf-suit-manifest, RFC 9019, RFC 9124). The host packs it,
 * the device matches it against this template and interprets nothing. docs/updates.md is the specification for people.
 *
 * Every byte string marked `cbor` holds one CBOR item. Everything is CBOR in shortest form with definite lengths, map
 * keys ascending by their bytes; nothing may follow the last item of a byte string or of the whole.
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
    doc:
      "device id: UUID version 8 by SHA-256 from the vendor id and the device's public key; absent: every " +
      'device of the class',
  },
  {
    label: -256,
    name: 'grant',
    type: 'cbor',
    min: 1,
    max: 1024,
    optional: false,
    doc:
      '`[stack, memory, instructions, calls, load, priority, [row, …]]`: what the modules may use together, see ' +
      '`grants`',
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
    doc:
      'engine condition of native code: digest of {CPU, ABI, engine build, flags}; absent: any engine, no ' +
      'native code',
  },
  {
    label: -260,
    name: 'delta',
    type: 'cbor',
    min: 1,
    max: 96,
    optional: true,
    doc:
      '`[method, base, size, digest]`: the payload is not the app image but makes it from the app image with ' +
      "SHA-256 `base`; size and SHA-256 are the payload's. No method is defined yet",
  },
] as const satisfies readonly BundleParameter[];

/**
 * Form, wherever it is checked: bytes are read once, from first to last, and the first byte that is wrong decides.
 * For each item: no byte left, or an argument cut short: `truncated`. Additional information 28 to 31, or an argument
 * that would fit a shorter form (not for floats and simple values): `encoding`. A key equal to the one before:
 * `duplicate_key`; lower: `encoding`; not in the template, or one left out: `profile`. Another type or value than the
 * template's: `algorithm` for algorithm numbers, `version` for the manifest's version and a root document's format,
 * else `profile`. A string longer than what is left of its enclosure: `truncated`; a text that is no UTF-8: `encoding`;
 * a length that the template doesn't allow: `profile`. Bytes after the last item: `trailing`. Inside the byte strings
 * of grant and delta every fault is `profile`. The number of commands in the shared sequence is compared with the
 * parameter device right after the parameters.
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
