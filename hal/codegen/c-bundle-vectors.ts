/** `tars_bundle_vectors.h`: golden vectors of signed documents as hexadecimal strings, for the C tests. */
import { header, literal, upper } from './text.js';

/** What the board of a vector knows. */
interface BundleBoard {
  /** Name of its root document; absent: the board has no owner. */
  readonly root?: string;
  readonly class: string;
  readonly key: string;
  readonly calls: string;
  readonly engine?: string;
  readonly committed?: { readonly epoch: number; readonly number: number; readonly digest: string };
  readonly failed?: readonly string[];
}

/** A bundle; `error` names the refusal, absent: it is taken. */
interface BundleVector {
  readonly name: string;
  readonly board: BundleBoard;
  readonly bytes: string;
  readonly payload?: string;
  readonly error?: string;
  readonly same?: boolean;
}

/** A root document, and the one that the board has. */
interface RootVector {
  readonly name: string;
  readonly old?: string;
  readonly bytes: string;
  readonly error?: string;
  readonly same?: boolean;
}

/** Content of hal/vectors/bundle.json. */
export interface BundleVectors {
  readonly roots: Readonly<Record<string, string>>;
  readonly accepted: readonly BundleVector[];
  readonly refused: readonly BundleVector[];
  readonly documents: readonly RootVector[];
}

/** Rows of hal/vectors/ed25519-speccheck.json. */
export interface EdgeVector {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}

/** Rows of hal/vectors/suit-examples.json. */
export interface SuitVector {
  readonly title: string;
  readonly signed: string;
}

const code = (error: string | undefined): string => (error === undefined ? '0' : `TARS_E_${upper(error)}`);
const text = (value: string | undefined): string => (value === undefined ? 'NULL' : literal(value));

/** Name, refusal and whether it is the same again: the beginning of each row. */
const verdict = ({
  name,
  error,
  same,
}: {
  readonly name: string;
  readonly error?: string;
  readonly same?: boolean;
}): string => `${literal(name)}, ${code(error)}, ${same === true}`;

function bundleRow(vector: BundleVector, roots: readonly string[]): string {
  const { root, class: boardClass, key, calls, engine, committed, failed } = vector.board;
  const last = committed ? `${committed.epoch}, ${committed.number}, "${committed.digest}"` : '0, 0, NULL';
  return `  {${verdict(vector)}, ${root === undefined ? -1 : roots.indexOf(root)}, ${literal(boardClass)}, "${key}", "${calls}", ${text(engine)}, ${last}, ${text(failed?.join(''))},
   "${vector.bytes}", ${text(vector.payload)}},
`;
}

/** The text of `tars_bundle_vectors.h`. */
export function bundleVectorsHeader(
  vectors: BundleVectors,
  edges: readonly EdgeVector[],
  suit: readonly SuitVector[],
): string {
  const roots = Object.keys(vectors.roots);
  return header(
    'TARS_BUNDLE_VECTORS_H',
    'Golden vectors of signed documents in hal/vectors, for tests. Bytes are hexadecimal; NULL where there are none.',
    `#include "tars_errors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Root documents that boards have. */
static const char *const tars_vectors_roots[] = {
${roots.map((name) => `  "${vectors.roots[name]}", /* ${name} */\n`).join('')}};

/* A bundle for a board: what the board knows, the bundle, and a detached payload. Digests of manifests that failed before
 * stand one after the other. */
typedef struct {
  const char *name;
  int error; /* 0: taken */
  bool same;
  int root;  /* row of tars_vectors_roots, -1: no owner */
  const char *board_class, *key, *calls, *engine;
  uint16_t epoch;
  uint32_t number;
  const char *committed, *failed, *bytes, *payload;
} tars_vector_bundle;

static const tars_vector_bundle tars_vectors_bundles[] = {
${[...vectors.accepted, ...vectors.refused].map((row) => bundleRow(row, roots)).join('')}};

/* Root documents, and the one before. */
static const struct { const char *name; int error; bool same; const char *old, *bytes; } tars_vectors_documents[] = {
${vectors.documents.map((row) => `  {${verdict(row)}, ${text(row.old)},\n   "${row.bytes}"},\n`).join('')}};

/* Edge cases of Ed25519. */
static const struct { const char *message, *key, *signature; } tars_vectors_edges[] = {
${edges.map((row) => `  {"${row.message}", "${row.pub_key}", "${row.signature}"},\n`).join('')}};

/* The examples of the SUIT specification, signed with ES256. */
static const struct { const char *title, *bytes; } tars_vectors_suit[] = {
${suit.map((row) => `  {${literal(row.title)}, "${row.signed}"},\n`).join('')}};
`,
  );
}
