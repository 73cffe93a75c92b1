// Sizes of modules: with the command line's own output on one side, hand-written WAT and C on the other.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wabt from 'wabt';
import { at } from './paths.mjs';
import { run, which } from './run.mjs';

/**
 * The programs that are measured. Limits in bytes: `code` is the module without custom sections, `manifest` the section
 * `t` with its header. The floors are frozen: the same programs under the same ABI, written in WAT by hand.
 */
export const programs = [
  { name: 'blink', source: 'examples/blink', limits: { code: 60, manifest: 64 } },
  { name: 'kalman', source: 'examples/kalman', limits: { code: 220, manifest: 160 } },
  { name: 'servo', source: 'examples/servo', limits: {} },
];

const FLOORS = 'sdk/model/testing/floors';
/** The C versions of the floors lie beside a clone, where the toolchain's comparison is kept. */
const C_SOURCES = '../shared/bench/size-floor';
const HEADER = 8;

/** Bytes of a module: without its custom sections, and of the manifest section with its header. */
export function measure(wasm) {
  let code = HEADER;
  let manifest = 0;
  for (let offset = HEADER; offset < wasm.length;) {
    const start = offset;
    const id = wasm[offset];
    const [size, next] = leb(wasm, offset + 1);
    offset = next + size;
    if (id !== 0) code += offset - start;
    else if (customName(wasm, next) === 't') manifest += offset - start;
  }
  return { code, manifest };
}

function leb(bytes, offset) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[offset++];
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return [value, offset];
  }
}

function customName(bytes, offset) {
  const [length, start] = leb(bytes, offset);
  return Buffer.from(bytes.subarray(start, start + length)).toString();
}

/** Builds an example with the command line, as a user would, and returns the module. */
export async function build(source) {
  const folder = mkdtempSync(join(tmpdir(), 'tars-size-'));
  try {
    await run(process.execPath, [at('cli/bin/tars.js'), 'build', at(source), '-o', join(folder, 'x.wasm')]);
    return new Uint8Array(readFileSync(join(folder, 'x.wasm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes of a floor, assembled from WAT; undefined if there is none. */
export async function floorBytes(name) {
  const path = at(FLOORS, `${name}.wat`);
  if (!existsSync(path)) return undefined;
  const module = (await wabt()).parseWat(path, readFileSync(path, 'utf8'));
  return measure(module.toBinary({}).buffer).code;
}

/** Bytes of the same program in C, or why there are none. */
export async function cBytes(name) {
  const source = at(C_SOURCES, `${name}.c`);
  if (!existsSync(source)) return { reason: 'no C source beside this clone' };
  if (!which('clang') || !which('wasm-ld')) return { reason: 'clang or lld is missing' };
  mkdirSync(at('build/measure'), { recursive: true });
  const out = at('build/measure', `${name}.wasm`);
  const flags = [
    '--target=wasm32',
    '-Oz',
    '-nostdlib',
    '-Wl,--no-entry',
    '-Wl,--strip-all',
    '-Wl,-z,stack-size=0',
    '-Wl,--compress-relocations',
  ];
  await run('clang', [...flags, '-o', out, source]);
  return { bytes: measure(new Uint8Array(readFileSync(out))).code };
}
