/**
 * The device's verifier as a program of this machine, compiled from the same sources: lines in, codes of refusals out.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHex } from '../ids.js';
import { rootDocuments, type VectorBoard } from './cast.js';

export const project = fileURLToPath(new URL('../../..', import.meta.url));
const monocypher = 'build/vendor/monocypher-sys/Monocypher/src';

/** A bundle before a board. */
export interface Case {
  readonly board: VectorBoard;
  readonly bytes: Uint8Array;
  readonly payload?: Uint8Array;
}

const sources = [
  ...[
    'bundle',
    'bundle_app',
    'bundle_envelope',
    'bundle_form',
    'bundle_manifest',
    'grant',
    'root',
    'root_key',
    'trust_command',
  ].map((name) => `ota/device/${name}.c`),
  ...['detail', 'manifest_decode', 'manifest_check', 'manifest_load'].map((name) => `firmware/core/${name}.c`),
  ...['section', 'wasm'].map((name) => `firmware/engines/wasm/${name}.c`),
  ...['cbor', 'half', 'row', 'sha256', 'message'].map((name) => `firmware/wire/${name}.c`),
  ...['tars_manifest', 'tars_kinds', 'tars_bundle', 'tars_errors', 'tars_fleet'].map(
    (name) => `firmware/gen/${name}.c`,
  ),
  'firmware/test/bundle/filter.c',
  'firmware/test/bundle/filter_fleet.c',
  'firmware/test/bundle/cases.c',
];
const folders = [
  'ota/device',
  'firmware/include',
  'firmware/gen',
  'firmware/core',
  'firmware/wire',
  'hal/include',
  'firmware/test/bundle',
  monocypher,
  `${monocypher}/optional`,
];
/** The arithmetic of signatures: without sanitizers, which watch it in the C tests and would take most of the time. */
const arithmetic = ['ota/device/ed25519.c', `${monocypher}/optional/monocypher-ed25519.c`];
const watched = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const flags = ['-std=c11', '-g1', ...folders.flatMap((each) => ['-I', each])];

/** Digest of all that the program is made of. */
function inputs(): string {
  const files = folders.flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((name) => /\.[ch]$/.test(name))
      .map((name) => join(project, folder, name)),
  );
  const hash = createHash('sha256').update([...flags, ...watched].join(' '));
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Compiles it unless that was done, also by another test or in an earlier run; returns the program. */
export function compileFilter(): string {
  if (!existsSync(join(project, monocypher))) throw new Error('Monocypher is missing; run `npm run setup` first');
  const folder = join(project, 'build/filter');
  const program = join(folder, inputs());
  if (existsSync(program)) return program;
  const fresh = mkdtempSync(join(tmpdir(), 'tars-filter-'));
  writeFileSync(join(fresh, 'board.h'), '#include "board_virtual.h"\n');
  const gcc = (...args: string[]): void => void execFileSync('gcc', [...flags, '-I', fresh, ...args], { cwd: project });
  const objects = arithmetic.map((source, i) => {
    const object = join(fresh, `${i}.o`);
    gcc('-O2', '-c', source, '-o', object);
    return object;
  });
  gcc(...watched, ...sources, ...objects, '-o', join(fresh, 'filter'));
  mkdirSync(folder, { recursive: true });
  const beside = `${program}.${process.pid}`;
  cpSync(join(fresh, 'filter'), beside);
  renameSync(beside, program); // whoever runs it has a whole one
  rmSync(fresh, { recursive: true });
  return program;
}

/** The device's answers to many inputs at once. */
export function runFilter(
  program: string,
  mode: 'bundle' | 'root' | 'command' | 'beacon' | 'signature' | 'sign',
  lines: readonly string[],
): string[] {
  if (lines.length === 0) return [];
  const output = execFileSync(program, [mode], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return output.trimEnd().split('\n');
}

/** Bytes as a field of a line. */
export const field = (bytes: Uint8Array | undefined): string => (bytes && bytes.length > 0 ? toHex(bytes) : '-');

/** A case as the filter reads it. */
export function bundleLine({ board, bytes, payload }: Case): string {
  const { root: owner, committed, failed } = board;
  return [
    field(owner && rootDocuments[owner]),
    board.class,
    field(board.publicKey),
    field(board.calls),
    field(board.engine),
    committed?.epoch ?? 0,
    committed?.number ?? 0,
    field(committed?.digest),
    failed ? failed.map(toHex).join('') : '-',
    field(payload),
    toHex(bytes),
  ].join(' ');
}
