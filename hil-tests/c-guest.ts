/** Behaviours in C, built by the command in the generated header. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MEMORY_UNIT } from '../hal/contract/index.js';
import { withManifest } from '../sdk/image/index.js';
import { type RawManifest, rawManifest } from '../sdk/model/testing/handmade.js';
import { projectRoot } from './description.js';

const HEADER = `${projectRoot}firmware/gen/tars_guest.h`;

export const hasClang =
  spawnSync('clang', ['--version']).status === 0 && spawnSync('wasm-ld', ['--version']).status === 0;

/** The command as the header says it, without the name of the program. */
function command(): string[] {
  const text = /Build with\n([^]*?) -o guest\.wasm guest\.c/.exec(readFileSync(HEADER, 'utf8'))?.[1] ?? '';
  return text.split(/[\s*]+/).filter((word) => word.startsWith('-'));
}

/** The module of a C source; its manifest gets bounds for one source: `stack`, and the memory as it is linked. */
export function buildGuest(source: string, stack: number, manifest: RawManifest): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tars-guest-'));
  try {
    writeFileSync(join(folder, 'guest.c'), source);
    const flags = [...command(), '-I', `${projectRoot}firmware/gen`];
    execFileSync('clang', [...flags, '-o', 'guest.wasm', 'guest.c'], { cwd: folder });
    const module = new Uint8Array(readFileSync(join(folder, 'guest.wasm')));
    const memory = Math.ceil(heapBase(module) / MEMORY_UNIT) * MEMORY_UNIT;
    const reactions = [0, 0, 0, 0];
    return withManifest(module, rawManifest({ ...manifest, bounds: [stack, memory, ...reactions] }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Value of the global that ends data and stack. */
function heapBase(module: Uint8Array): number {
  const calls = new Proxy({}, { get: () => () => 0, has: () => true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { t: calls });
  return Number((exports['__heap_base'] as { value: number }).value);
}
