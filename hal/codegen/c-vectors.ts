/** `tars_vectors.h`: the golden vectors as hexadecimal strings, for the C tests. */
import type { BundleVectors, EdgeVector, SuitVector } from './c-bundle-vectors.js';
import { sampleDump } from './samples.js';
import { header, literal, snake } from './text.js';
import { messageVectors, type MessageVector, vectorBody, vectorWire } from './vectors.js';

/** A number, text or list as hal/vectors/cbor.json writes it. */
export type ItemJson =
  | number
  | boolean
  | string
  | readonly ItemJson[]
  | { readonly int: string }
  | { readonly float: number | string }
  | { readonly hex: string }
  | { readonly map: readonly (readonly [ItemJson, ItemJson])[] };

/** Rows of hal/vectors/cbor.json. */
export type CborVector = { readonly hex: string } & ({ readonly value: ItemJson } | { readonly refused: string });

/** Rows of hal/vectors/manifests.json: a whole manifest, or an edit of one that must be refused. */
export type ManifestVector =
  | { readonly name: string; readonly bytes: readonly (readonly [string, string])[] }
  | {
      readonly refused: 'manifest' | 'abi';
      readonly why: string;
      readonly of: string;
      readonly from: string;
      readonly to: string;
    };

/** Rows of hal/vectors/frames.json. */
export interface FrameVector {
  readonly note: string;
  readonly stream: string;
  readonly out: readonly (
    | { readonly console: string }
    | {
        readonly frame: {
          readonly id: number;
          readonly response: boolean;
          readonly seq: number;
          readonly body: string;
        };
      }
  )[];
  readonly damaged: number;
}

/** Signed documents of hal/vectors/fleet.json. */
export interface FleetVectors {
  readonly documents: readonly { readonly document: string; readonly bytes: string }[];
}

/** The vectors that are read from hal/vectors. */
export interface HandVectors {
  readonly cbor: readonly CborVector[];
  readonly manifests: readonly ManifestVector[];
  readonly frames: readonly FrameVector[];
  readonly bundles: BundleVectors;
  readonly edges: readonly EdgeVector[];
  readonly suit: readonly SuitVector[];
  readonly fleet: FleetVectors;
}

function dump(item: ItemJson): string {
  if (Array.isArray(item)) return `[${(item as readonly ItemJson[]).map(dump).join(' ')}]`;
  if (typeof item !== 'object') return sampleDump(item);
  const box = item as Exclude<ItemJson, number | boolean | string | readonly ItemJson[]>;
  if ('int' in box) return box.int;
  if ('float' in box) return sampleDump({ float: Number(box.float) });
  if ('hex' in box) return sampleDump(Buffer.from(box.hex, 'hex'));
  return `{${box.map.map(([key, value]) => `${dump(key)} ${dump(value)}`).join(' ')}}`;
}

/** Bytes of a manifest vector in hexadecimal; an edit must match at exactly one byte. */
export function manifestHex(vector: ManifestVector, all: readonly ManifestVector[]): string {
  if ('bytes' in vector) return vector.bytes.map(([hex]) => hex).join('');
  const base = all.find((other) => 'name' in other && other.name === vector.of);
  if (!base) throw new Error(`no manifest ${vector.of}`);
  const hex = manifestHex(base, all);
  const places = [...Array(hex.length / 2).keys()].filter((i) => hex.startsWith(vector.from, 2 * i));
  if (places.length !== 1) throw new Error(`${vector.why}: ${vector.from} is ${places.length} times in ${vector.of}`);
  const at = 2 * (places[0] ?? 0);
  return hex.slice(0, at) + vector.to + hex.slice(at + vector.from.length);
}

function frameOut(out: FrameVector['out'][number]): string {
  if ('console' in out) return `c${out.console}`;
  return `${out.frame.response ? 'r' : 'f'}${out.frame.id}.${out.frame.seq}.${out.frame.body}`;
}

function messageRow(vector: MessageVector): string {
  const text = (bytes: Uint8Array): string => literal(Buffer.from(bytes).toString('hex'));
  const values = vector.values.map(sampleDump).join(' ');
  return `  {tars_${vector.protocol}_message, ${vector.message.id}, "${vector.message.name}", ${vector.part === 'response'}, ${vector.code ?? 0}, ${vector.seq},
   ${literal(values)},
   ${text(vectorBody(vector))},
   ${text(vectorWire(vector))}},
`;
}

/** The text of `tars_vectors.h`. */
export function vectorsHeader({ cbor, manifests, frames }: HandVectors): string {
  const cborRows = cbor.map((row) => `  {"${row.hex}", ${'value' in row ? literal(dump(row.value)) : 'NULL'}},\n`);
  const manifestRows = manifests.map(
    (row) =>
      `  {${literal('why' in row ? `${row.of}: ${row.why}` : snake(row.name))}, ` +
      `"${manifestHex(row, manifests)}", ${'why' in row ? `TARS_E_${row.refused.toUpperCase()}` : 0}},\n`,
  );
  const frameRows = frames.map(
    (row) => `  {${literal(row.note)}, "${row.stream}", "${row.out.map(frameOut).join(' ')}", ${row.damaged}},\n`,
  );
  return header(
    'TARS_VECTORS_H',
    'Golden vectors of hal/vectors, for tests. Bytes are hexadecimal.',
    `#include "tars_bench.h"
#include "tars_fleet.h"
#include "tars_errors.h"
#include "tars_link.h"

/* Items: their value as the tests print it, NULL if they must be refused. */
static const struct { const char *hex, *dump; } tars_vectors_cbor[] = {
${cborRows.join('')}};

/* Manifests: 0, or the error that refuses them. */
static const struct { const char *name, *hex; int error; } tars_vectors_manifests[] = {
${manifestRows.join('')}};

/* Streams: what comes out of them (c console bytes; f or r, id, sequence number, body) and how many frames are damaged. */
static const struct { const char *note, *stream, *out; uint32_t damaged; } tars_vectors_frames[] = {
${frameRows.join('')}};

/* Bodies: their fields as the tests print them, and the frame that carries them. */
static const struct {
  const tars_message *(*find)(uint8_t id);
  uint8_t id;
  const char *name;
  bool response;
  int code;
  uint16_t seq;
  const char *dump, *body, *wire;
} tars_vectors_messages[] = {
${messageVectors().map(messageRow).join('')}};
`,
  );
}
