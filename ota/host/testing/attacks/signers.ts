/** Attacks on the signatures of a bundle: who signed, with which role, and how the signature is spelled. */
import { packBundle } from '../../bundle.js';
import { concat } from '../../cbor.js';
import { signDigest } from '../../cose.js';
import { signDocument } from '../../envelope.js';
import { boards, images, keys } from '../cast.js';
import { block, hex, malleated } from '../forge.js';
import { aliceSigns, digest, document, good, higher, input, lower, own, withBlocks, type Attack } from './base.js';

const { alice, bob, mallory, olga } = keys;
const { fresh } = boards;

export const signers: readonly Attack[] = [
  { name: 'unsigned', error: 'unsigned', board: fresh, bytes: signDocument('bundle', document, [], images.kalman) },
  { name: 'wrong key', error: 'unknown_key', board: fresh, bytes: packBundle(input, [mallory]).bytes },
  {
    name: 'wrong key under the id of the right one',
    error: 'bad_signature',
    board: fresh,
    bytes: withBlocks(
      block({ ...signDigest({ aad: '', digest }, mallory), header: aliceSigns().header, kid: aliceSigns().kid }),
    ),
  },
  { name: 'key without the role', error: 'role', board: fresh, bytes: packBundle(input, [olga]).bytes },
  { name: 'threshold not met', error: 'threshold', board: boards.strict, bytes: packBundle(input, [alice]).bytes },
  {
    name: 'duplicate signer',
    error: 'duplicate_signer',
    board: boards.strict,
    bytes: packBundle(input, [alice, alice]).bytes,
  },
  {
    name: 'one signer known, one not',
    error: 'unknown_key',
    board: fresh,
    bytes: packBundle(input, [alice, mallory]).bytes,
  },
  {
    name: 'one of two signers without the role',
    error: 'role',
    board: boards.strict,
    bytes: packBundle(input, [alice, olga]).bytes,
  },
  {
    name: 'second of two signatures is wrong',
    error: 'bad_signature',
    board: boards.strict,
    bytes: withBlocks(own(lower), block({ ...signDigest({ aad: 'x', digest }, higher) })),
  },
  { name: 'signers out of order', error: 'encoding', board: boards.strict, bytes: withBlocks(own(higher), own(lower)) },
  {
    name: 'nine signatures',
    error: 'profile',
    board: fresh,
    bytes: withBlocks(...Array.from({ length: 9 }, () => own(alice))),
  },
  { name: 'malleable signature', error: 'malleable', board: fresh, bytes: withBlocks(block(malleated(aliceSigns()))) },
  {
    name: 'small-order R',
    error: 'small_order',
    board: fresh,
    bytes: withBlocks(
      block({ ...aliceSigns(), bytes: concat(hex(`01${'00'.repeat(31)}`), aliceSigns().bytes.subarray(32)) }),
    ),
  },
  {
    name: 'R spelled non-canonically',
    error: 'small_order',
    board: fresh,
    bytes: withBlocks(
      block({ ...aliceSigns(), bytes: concat(hex(`ee${'ff'.repeat(30)}7f`), aliceSigns().bytes.subarray(32)) }),
    ),
  },
  {
    name: 'signature for a root document',
    error: 'bad_signature',
    board: fresh,
    bytes: withBlocks(block(aliceSigns('tars-root'))),
  },
  { name: 'board without an owner', error: 'not_owned', board: boards.open, bytes: good },
  {
    name: 'release key that left with the last root document',
    error: 'unknown_key',
    board: boards.later,
    bytes: packBundle({ ...input, epoch: 1, number: 101 }, [bob]).bytes,
  },
];
