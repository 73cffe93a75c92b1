/** Checks of a bundle and of a root document. Their order decides which error a device and the host name. */
import type { ErrorName } from '../types.js';

/** One check. Checks run in this order and the first that fails names the refusal. */
export interface Refusal {
  readonly order: number;
  /** Where it belongs: what is looked at. */
  readonly part: 'envelope' | 'signers' | 'manifest' | 'device' | 'order' | 'payload' | 'app' | 'root';
  readonly error: ErrorName;
  readonly doc: string;
}

/** Checks of a bundle, in order. `form` in `doc` stands for `formErrors`. */
export const refusals = [
  { order: 1, part: 'envelope', error: 'too_long', doc: 'the envelope has more bytes than limits.bundle' },
  {
    order: 2,
    part: 'envelope',
    error: 'profile',
    doc:
      'form of the outer map, of the digest and of every signature block; manifest and payload are skipped ' +
      'over by their length; at most limits.keys signatures',
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
    doc:
      'with an engine condition: as many of the signers have the role aot as the root document wants for it, ' +
      'at least one',
  },
  { order: 20, part: 'order', error: 'epoch', doc: 'the epoch of the root document' },
  {
    order: 21,
    part: 'order',
    error: 'rollback',
    doc:
      "the number is not below that of the committed bundle of this epoch, nor below the root document's. An " +
      'equal number with an equal manifest digest ends the checks here: nothing is left to do',
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
    doc:
      'form of the outer map, of the digest and of every signature block; the body is skipped over by its ' +
      'length; at most twice limits.keys signatures',
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
    doc:
      'key ids differ; every key has a role of the list; each threshold is 1 to the number of its keys, 0 ' +
      'exactly without keys; root and release have keys',
  },
  { order: 9, part: 'root', error: 'small_order', doc: 'no key is of small order or spelled non-canonically' },
  {
    order: 10,
    part: 'root',
    error: 'root_version',
    doc:
      "with an old one: exactly one version more. The old version with the old body's digest ends the checks " +
      'here: nothing is left to do',
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
