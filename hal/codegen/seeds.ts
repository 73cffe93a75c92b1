/** First inputs of the fuzzers in firmware/fuzz, made from the golden vectors: no binary file is kept for them. */
import { decode } from 'cborg';
import { calls, kinds, protocols } from './contract.js';
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

/** Seeds of all fuzzers. */
export function fuzzSeeds(vectors: HandVectors): Seeds {
  const manifests = vectors.manifests.map((vector) => unhex(manifestHex(vector, vectors.manifests)));
  return {
    link: linkSeeds(vectors),
    manifest: manifests,
    calls: callSeeds(),
    core: coreSeeds(),
    bundle: bundleSeeds(vectors),
  };
}

/** What firmware/fuzz/fuzz_bundle.c can fuzz, in its order. */
const bundleParts = [
  'bundle',
  'root',
  'manifest',
  'shared',
  'body',
  'app',
  'grant',
  'command',
  'beacon',
  'command body',
  'beacon body',
] as const;
/**
 * Keys on the way down: document and payload of an envelope, `common` of a manifest, the shared sequence, the grant.
 */
const [MANIFEST, BODY, PAYLOAD, COMMON, SHARED, GRANT] = [3, 4, '#w', 3, 4, -256];

/** A map inside of CBOR; undefined if the bytes are none. Attacks are often malformed. */
function mapOf(bytes: Uint8Array | undefined): ReadonlyMap<unknown, unknown> | undefined {
  try {
    const value: unknown = bytes && decode(bytes, { useMaps: true });
    return value instanceof Map ? value : undefined;
  } catch {
    return undefined;
  }
}

const bytesAt = (map: ReadonlyMap<unknown, unknown> | undefined, key: unknown): Uint8Array | undefined => {
  const value = map?.get(key);
  return value instanceof Uint8Array ? value : undefined;
};

/** Documents and their parts, each for the board of its row. */
function bundleSeeds({ bundles, fleet }: HandVectors): Buffer[] {
  const seeds = new Map<string, Buffer>();
  // Most attacks share their inner parts: one board looks at each of those.
  const add = (part: (typeof bundleParts)[number], row: number, bytes: Uint8Array | undefined): void => {
    const key =
      `${part} ${bytes ? Buffer.from(bytes).toString('hex') : ''} ` +
      `${part === 'bundle' || part === 'root' ? row : ''}`;
    if (bytes && !seeds.has(key)) seeds.set(key, Buffer.concat([Buffer.of(bundleParts.indexOf(part), row), bytes]));
  };
  for (const [row, { bytes, payload }] of [...bundles.accepted, ...bundles.refused].entries()) {
    const whole = unhex(bytes);
    const outer = mapOf(whole.subarray(2));
    const manifest = bytesAt(outer, MANIFEST);
    const shared = bytesAt(mapOf(bytesAt(mapOf(manifest), COMMON)), SHARED);
    add('bundle', row, whole);
    add('manifest', row, manifest);
    add('shared', row, shared);
    // The parameters stand between the first command and the conditions.
    add('grant', row, bytesAt(shared && mapOf(parametersOf(shared)), GRANT));
    add('app', row, payload === undefined ? bytesAt(outer, PAYLOAD) : unhex(payload));
  }
  for (const { old, bytes } of bundles.documents) {
    const row = old === undefined ? 0 : 1;
    add('root', row, unhex(bytes));
    add('body', row, bytesAt(mapOf(unhex(bytes).subarray(5)), BODY));
  }
  // The board of the first row has the owner of these documents.
  for (const { document, bytes } of fleet.documents) {
    if (document !== 'command' && document !== 'beacon') continue;
    add(document, 0, unhex(bytes));
    add(`${document} body`, 0, bytesAt(mapOf(unhex(bytes).subarray(5)), BODY));
  }
  return [...seeds.values()];
}

/**
 * Bytes of the map in a shared sequence: all of it but two bytes at the beginning and the conditions of two bytes each.
 */
function parametersOf(shared: Uint8Array): Uint8Array | undefined {
  const ends = [4, 7].map((conditions) => shared.subarray(2, shared.length - conditions));
  return ends.find((bytes) => mapOf(bytes) !== undefined);
}

function linkSeeds(vectors: HandVectors): Buffer[] {
  const bodies = messageVectors().map((vector) => {
    const rows = protocols[vector.protocol];
    const head = [
      1,
      Object.keys(protocols).indexOf(vector.protocol),
      rows.indexOf(vector.message),
      vector.part === 'response' ? 1 : 0,
    ];
    return Buffer.concat([Buffer.from(head), vectorBody(vector)]);
  });
  const wires = messageVectors()
    .filter((vector) => vector.protocol === 'link')
    .map((vector) => Buffer.concat([Buffer.of(0), vectorWire(vector)]));
  return [...bodies, ...wires, ...vectors.frames.map((row) => unhex(`00${row.stream}`))];
}

/** Each call alone, with the handle of its first kind and with one that it doesn't take. Every call is declared. */
function callSeeds(): Buffer[] {
  return calls.flatMap((call, index) =>
    [0, 1].map((shift) => {
      const input = Buffer.alloc(26);
      input[0] = index;
      input[2] = 200;
      const kind = kinds.findIndex((row) => row.name === call.kinds[0]);
      input.writeUInt32LE(call.kinds.length > 0 ? kind + shift : shift, 10);
      input.writeUInt32LE(shift * 0x3f800000, 18);
      return Buffer.concat([Buffer.alloc(4, 0xff), input]);
    }),
  );
}

/**
 * Each call from the reaction to a period of 1 ms, with each handle of the fuzzer's manifest and some that don't exist.
 */
function coreSeeds(): Buffer[] {
  const nothing = 0;
  const advance = 0x1e;
  const handles = Array.from({ length: 15 }, (_, i) => i - 1);
  return calls.flatMap((call, index) =>
    (call.kinds.length > 0 || call.timer ? handles : [0]).map((handle) =>
      Buffer.from([
        nothing,
        advance,
        1,
        index,
        handle & 0xff,
        index % 2,
        0,
        0,
        0,
        3,
        0,
        0,
        0,
        advance,
        nothing,
        0,
        8,
        0x16,
        nothing,
      ]),
    ),
  );
}
