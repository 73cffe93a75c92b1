/**
 * Signature blocks: COSE_Sign1 (RFC 9052) with Ed25519 and a detached payload, in one form only. Protected header
 * `{1: -19, 4: key id}`, empty unprotected header, payload null. Signed is the digest of a document, never the
 * document.
 */
import { bundle } from '../../hal/contract/index.js';
import { cbor, type Reader } from './cbor.js';
import { sign } from './ed25519.js';

const { sign1, algorithms, header, kid: KID_SIZE } = bundle;
const encoder = new TextEncoder();

/** One signature. */
export interface Signature {
  /** First bytes of the signer's public key. */
  readonly kid: Uint8Array;
  /** The protected header as it was signed. */
  readonly header: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a signature belongs to: `aad` says for which use, `digest` is the encoded digest structure. */
export interface Signed {
  readonly aad: string;
  readonly digest: Uint8Array;
}

/** How a key is named in a signature. */
export const keyId = (publicKey: Uint8Array): Uint8Array => publicKey.slice(0, KID_SIZE);

/** The bytes that Ed25519 signs: COSE's Sig_structure. */
export const toBeSigned = ({ aad, digest }: Signed, protectedHeader: Uint8Array): Uint8Array =>
  cbor.array(
    cbor.text(sign1.context),
    cbor.bytes(protectedHeader),
    cbor.bytes(encoder.encode(aad)),
    cbor.bytes(digest),
  );

/** Encoded digest structure of a document: `[-16, SHA-256]`. */
export const digestItem = (digest: Uint8Array): Uint8Array =>
  cbor.array(cbor.int(algorithms.sha256), cbor.bytes(digest));

/** Reads a digest structure. */
export function readDigest(reader: Reader, what: string): Uint8Array {
  reader.array(2, 2, what);
  reader.literal(algorithms.sha256, `the algorithm of ${what}`, 'algorithm');
  return reader.byteString(32, 32, what);
}

/** Bytes of one signature block, tag and all. */
export const signatureItem = (signature: Signature): Uint8Array =>
  cbor.tag(sign1.tag, cbor.array(cbor.bytes(signature.header), cbor.map([]), cbor.null, cbor.bytes(signature.bytes)));

/** Signs with the key of a 32-byte seed. */
export function signDigest(
  signed: Signed,
  key: { readonly seed: Uint8Array; readonly publicKey: Uint8Array },
): Signature {
  const kid = keyId(key.publicKey);
  const protectedHeader = cbor.map([
    [header.algorithm, cbor.int(algorithms.ed25519)],
    [header.kid, cbor.bytes(kid)],
  ]);
  return { kid, header: protectedHeader, bytes: sign(toBeSigned(signed, protectedHeader), key.seed) };
}

/** Reads a signature block; the algorithm is looked at first. */
export function readSignature(reader: Reader): Signature {
  reader.tag(sign1.tag, 'a signature');
  reader.array(4, 4, 'a signature');
  const content = reader.nested('a protected header');
  const bytes = content.bytes.subarray(content.at, content.end);
  let kid = new Uint8Array();
  content.map(
    [
      {
        key: header.algorithm,
        read: (r) => r.literal(algorithms.ed25519, 'the algorithm of a signature', 'algorithm'),
      },
      { key: header.kid, read: (r) => (kid = Uint8Array.from(r.byteString(KID_SIZE, KID_SIZE, 'a key id'))) },
    ],
    'a protected header',
  );
  content.done('a protected header');
  reader.map([], 'an unprotected header');
  reader.null('the payload of a signature');
  return { kid, header: bytes, bytes: reader.byteString(sign1.signature, sign1.signature, 'a signature') };
}
