/** Attacks that change the payload, the manifest or the digest of a good bundle. */
import { concat } from '../../cbor.js';
import { digestItem } from '../../cose.js';
import { documentDigest, signDocument } from '../../envelope.js';
import { encodeBundleManifest } from '../../bundle-manifest.js';
import { boards, images, keys } from '../cast.js';
import { forgeEnvelope, hex } from '../forge.js';
import { base, digest, document, own, signed, type Attack } from './base.js';

const { alice } = keys;
const { fresh } = boards;

export const tampered: readonly Attack[] = [
  {
    name: 'arbitrary software: payload of another bundle',
    error: 'payload_digest',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: new Uint8Array(images.kalman.length) }),
  },
  {
    name: 'partial payload',
    error: 'payload_size',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: images.kalman.subarray(1) }),
  },
  {
    name: 'payload longer than signed',
    error: 'payload_size',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)], payload: concat(images.kalman, Uint8Array.of(0)) }),
  },
  {
    name: 'mix and match: signatures of another bundle',
    error: 'digest',
    board: fresh,
    bytes: forgeEnvelope({
      document: encodeBundleManifest({ ...base, number: 8 }),
      digest,
      blocks: [own(alice)],
      payload: images.kalman,
    }),
  },
  {
    name: 'changed digest',
    error: 'bad_signature',
    board: fresh,
    bytes: forgeEnvelope({
      document,
      digest: digestItem(documentDigest(hex('a0'))),
      blocks: [own(alice)],
      payload: images.kalman,
    }),
  },
  {
    name: 'payload left out',
    error: 'profile',
    board: fresh,
    bytes: forgeEnvelope({ document, blocks: [own(alice)] }),
  },
  {
    name: 'payload beside a detached one',
    error: 'profile',
    board: fresh,
    bytes: signDocument('bundle', encodeBundleManifest({ ...base, detached: true }), [alice], images.kalman),
  },
  {
    name: 'detached payload of the wrong size',
    error: 'payload_size',
    board: fresh,
    bytes: signed({ detached: true }),
    payload: images.blink,
  },
  {
    name: 'detached payload with other bytes',
    error: 'payload_digest',
    board: fresh,
    bytes: signed({ detached: true }),
    payload: new Uint8Array(images.kalman.length),
  },
];
