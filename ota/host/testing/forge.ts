/** A forger's tools: envelopes and manifests with any part replaced, signed or not. */
import { bundle, bundleParameters } from '../../../hal/contract/index.js';
import { cbor, concat } from '../cbor.js';
import { digestItem, type Signature, signatureItem } from '../cose.js';
import { documentDigest } from '../envelope.js';
import { encodeGrant } from '../grant.js';
import { fromHex, toHex } from '../ids.js';
import type { BundleManifest } from '../bundle-manifest.js';

/** Key and value of a map, as bytes; unlike the real writer this one takes them in any order. */
export type Pair = readonly [Uint8Array, Uint8Array];

const COUNT_MAX = 23;

/** A map of these pairs as they are. */
export function rawMap(pairs: readonly Pair[]): Uint8Array {
  if (pairs.length > COUNT_MAX) throw new Error('too many pairs');
  return concat(Uint8Array.of(0xa0 | pairs.length), ...pairs.flat());
}

/** The bytes with `from` replaced by `to`, both hexadecimal; `from` must be there exactly once. */
export function swap(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const hex = toHex(bytes);
  const places = [...Array(bytes.length).keys()].filter((i) => hex.startsWith(from, 2 * i));
  if (places.length !== 1) throw new Error(`${from} is there ${places.length} times`);
  const at = 2 * (places[0] as number);
  return fromHex(hex.slice(0, at) + to + hex.slice(at + from.length));
}

export const uint = (value: number): Uint8Array => cbor.int(value);
export const hex = fromHex;

/** Parameters of a manifest as pairs, in order. */
export function parameterPairs(manifest: BundleManifest): Pair[] {
  const { device, engine, delta } = manifest;
  const values = {
    vendor: cbor.bytes(manifest.vendor),
    class: cbor.bytes(manifest.class),
    digest: cbor.bytes(digestItem(manifest.digest)),
    size: uint(manifest.size),
    device: device && cbor.bytes(device),
    grant: cbor.bytes(encodeGrant(manifest.grant)),
    calls: cbor.bytes(manifest.calls),
    health: uint(manifest.healthMs),
    engine: engine && cbor.bytes(engine),
    delta:
      delta &&
      cbor.bytes(cbor.array(uint(delta.method), cbor.bytes(delta.base), uint(delta.size), cbor.bytes(delta.digest))),
  };
  return bundleParameters.flatMap(({ label, name }): Pair[] => {
    const value = values[name];
    return value ? [[cbor.int(label), value]] : [];
  });
}

/** Parts of a manifest that a forger may replace. */
export interface Parts {
  readonly parameters?: readonly Pair[];
  readonly shared?: Uint8Array;
  readonly components?: Uint8Array;
  readonly sequence?: Uint8Array;
  readonly version?: Uint8Array;
  readonly validate?: Uint8Array;
  readonly install?: Uint8Array;
  /** Gets the pairs of the whole manifest, returns what is written. */
  readonly pairs?: (pairs: readonly Pair[]) => readonly Pair[];
}

const { command, common, manifest: keys, report, uri } = bundle;

/** A manifest put together by hand: the same bytes as the packer's if nothing is replaced. */
export function forge(manifest: BundleManifest, parts: Parts = {}): Uint8Array {
  const conditions = [command.vendor, command.class, ...(manifest.device ? [command.device] : [])].flatMap((label) => [
    uint(label),
    uint(report.condition),
  ]);
  const shared =
    parts.shared ??
    cbor.array(uint(command.override), rawMap(parts.parameters ?? parameterPairs(manifest)), ...conditions);
  const components = parts.components ?? hex('81814100');
  const place = cbor.text(manifest.detached ? uri.detached : uri.integrated);
  const install = cbor.array(
    uint(command.override),
    rawMap([[uint(uri.parameter), place]]),
    uint(command.fetch),
    uint(2),
    uint(command.image),
    uint(15),
  );
  const pairs: Pair[] = [
    [uint(keys.version), parts.version ?? uint(1)],
    [uint(keys.sequence), parts.sequence ?? uint(manifest.epoch * 2 ** 32 + manifest.number)],
    [
      uint(keys.common),
      cbor.bytes(
        rawMap([
          [uint(common.components), components],
          [uint(common.shared), cbor.bytes(shared)],
        ]),
      ),
    ],
    [uint(keys.validate), cbor.bytes(parts.validate ?? cbor.array(uint(command.image), uint(15)))],
    [uint(keys.invoke), cbor.bytes(cbor.array(uint(command.invoke), uint(2)))],
    [uint(keys.install), cbor.bytes(parts.install ?? install)],
  ];
  return rawMap(parts.pairs ? parts.pairs(pairs) : pairs);
}

/** What an envelope can be put together from. */
export interface Outer {
  readonly tag?: number;
  readonly digest?: Uint8Array;
  readonly blocks?: readonly Uint8Array[];
  readonly document: Uint8Array;
  readonly payload?: Uint8Array;
  readonly pairs?: (pairs: readonly Pair[]) => readonly Pair[];
}

/** An envelope put together by hand; signature blocks in the order given. */
export function forgeEnvelope({ tag = bundle.tag, digest, blocks = [], document, payload, pairs }: Outer): Uint8Array {
  const authentication = cbor.array(
    cbor.bytes(digest ?? digestItem(documentDigest(document))),
    ...blocks.map(cbor.bytes),
  );
  const all: Pair[] = [
    [uint(bundle.envelope.authentication), cbor.bytes(authentication)],
    [uint(tag === bundle.tag ? bundle.envelope.manifest : bundle.envelope.body), cbor.bytes(document)],
    ...(payload ? [[cbor.text(bundle.envelope.payload), cbor.bytes(payload)] as const] : []),
  ];
  return cbor.tag(tag, rawMap(pairs ? pairs(all) : all));
}

/** The group's order, little endian. */
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

/** The same signature with the order of the group added to S: right for lenient verifiers. */
export function malleated(signature: Signature): Signature {
  const s = BigInt(`0x${toHex(signature.bytes.slice(32).reverse())}`) + ORDER;
  const bytes = signature.bytes.slice();
  bytes.set(fromHex(s.toString(16).padStart(64, '0')).reverse(), 32);
  return { ...signature, bytes };
}

export const block = (signature: Signature): Uint8Array => signatureItem(signature);
