/** First inputs of the fuzzers in firmware/fuzz, made from the golden vectors: no binary file is kept for them. */
import { bench, calls, kinds, link } from './contract.js';
import { type HandVectors, manifestHex } from './c-vectors.js';
import { messageVectors, vectorBody, vectorWire } from './vectors.js';

/** Inputs of one fuzzer each, in the form that its file describes. */
export interface Seeds {
  readonly link: readonly Uint8Array[];
  readonly manifest: readonly Uint8Array[];
  readonly calls: readonly Uint8Array[];
  readonly core: readonly Uint8Array[];
  readonly bundle: readonly Uint8Array[];
}

const unhex = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** Seeds of all. */
export function fuzzSeeds(vectors: HandVectors): Seeds {
  const manifests = vectors.manifests.map((vector) => unhex(manifestHex(vector, vectors.manifests)));
  return { link: linkSeeds(vectors), manifest: manifests, calls: callSeeds(), core: coreSeeds(), bundle: bundleSeeds(vectors) };
}

/** Bundles for a board with an owner, root documents for one without and for one with the first root document. */
function bundleSeeds({ bundles }: HandVectors): Buffer[] {
  const [bundle, first, next] = [0, 1, 2];
  return [
    ...[...bundles.accepted, ...bundles.refused].map(({ bytes }) => Buffer.concat([Buffer.of(bundle), unhex(bytes)])),
    ...bundles.documents.map(({ old, bytes }) => Buffer.concat([Buffer.of(old === undefined ? first : next), unhex(bytes)])),
  ];
}

function linkSeeds(vectors: HandVectors): Buffer[] {
  const bodies = messageVectors().map((vector) => {
    const rows = vector.protocol === 'link' ? link : bench;
    const head = [1, vector.protocol === 'link' ? 0 : 1, rows.indexOf(vector.message), vector.part === 'response' ? 1 : 0];
    return Buffer.concat([Buffer.from(head), vectorBody(vector)]);
  });
  const wires = messageVectors().filter((vector) => vector.protocol === 'link').map((vector) => Buffer.concat([Buffer.of(0), vectorWire(vector)]));
  return [...bodies, ...wires, ...vectors.frames.map((row) => unhex(`00${row.stream}`))];
}

/** Each call alone, with the handle of its first kind and with one that it doesn't take. Every call is declared. */
function callSeeds(): Buffer[] {
  return calls.flatMap((call, index) => [0, 1].map((shift) => {
    const input = Buffer.alloc(26);
    input[0] = index;
    input[2] = 200;
    const kind = kinds.findIndex((row) => row.name === call.kinds[0]);
    input.writeUInt32LE(call.kinds.length > 0 ? kind + shift : shift, 10);
    input.writeUInt32LE(shift * 0x3f800000, 18);
    return Buffer.concat([Buffer.alloc(4, 0xff), input]);
  }));
}

/** Each call from the reaction to a period of 1 ms, with each handle of the fuzzer's manifest and some that don't exist. */
function coreSeeds(): Buffer[] {
  const nothing = 0;
  const advance = 0x1e;
  const handles = Array.from({ length: 15 }, (_, i) => i - 1);
  return calls.flatMap((call, index) => (call.kinds.length > 0 || call.timer ? handles : [0])
    .map((handle) => Buffer.from([nothing, advance, 1, index, handle & 0xff, index % 2, 0, 0, 0, 3, 0, 0, 0, advance, nothing, 0, 8, 0x16, nothing])));
}
