/** `hal/vectors/bundle.json`: what both verifiers read, bytes in hexadecimal. */
import { toHex } from '../ids.js';
import { accepted } from './accepted.js';
import { appAttacks } from './app-attacks.js';
import { attacks } from './attacks.js';
import { rootDocuments, type VectorBoard } from './cast.js';
import { rootCases } from './root-cases.js';

interface BoardJson {
  readonly root?: string;
  readonly class: string;
  readonly key: string;
  readonly calls: string;
  readonly engine?: string;
  readonly committed?: { readonly epoch: number; readonly number: number; readonly digest: string };
  readonly failed?: readonly string[];
}

const board = ({ root, class: boardClass, publicKey, calls, engine, committed, failed }: VectorBoard): BoardJson => ({
  ...(root && { root }),
  class: boardClass,
  key: toHex(publicKey),
  calls: toHex(calls),
  ...(engine && { engine: toHex(engine) }),
  ...(committed && { committed: { ...committed, digest: toHex(committed.digest) } }),
  ...(failed && { failed: failed.map(toHex) }),
});

/** Everything, in the order of the tables. */
const tables = {
  roots: Object.fromEntries(Object.entries(rootDocuments).map(([name, bytes]) => [name, toHex(bytes)])),
  accepted: accepted.map(({ name, board: on, bytes, payload, same }) => ({
    name,
    board: board(on),
    bytes: toHex(bytes),
    ...(payload && { payload: toHex(payload) }),
    ...(same && { same }),
  })),
  refused: [...attacks, ...appAttacks].map(({ name, error, board: on, bytes, payload }) => ({
    name,
    error,
    board: board(on),
    bytes: toHex(bytes),
    ...(payload && { payload: toHex(payload) }),
  })),
  documents: rootCases.map(({ name, old, bytes, error, same }) => ({
    name,
    ...(error && { error }),
    ...(old && { old: toHex(old) }),
    bytes: toHex(bytes),
    ...(same && { same }),
  })),
};
export type Vectors = typeof tables;

/** The file: one row a line. */
export function vectorsJson(): string {
  const rows = (list: readonly object[]): string => `[\n${list.map((row) => JSON.stringify(row)).join(',\n')}\n]`;
  const { roots, accepted: taken, refused, documents } = tables;
  return (
    `{"roots": ${JSON.stringify(roots)},\n"accepted": ${rows(taken)},\n"refused": ` +
    `${rows(refused)},\n"documents": ${rows(documents)}}\n`
  );
}
