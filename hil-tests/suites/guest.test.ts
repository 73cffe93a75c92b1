/** A behaviour in C, built by the command in the generated header, on every rig. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MEMORY_UNIT } from '../../hal/contract/index.js';
import { verify, withManifest } from '../../sdk/image/index.js';
import { rawManifest } from '../../sdk/model/testing/handmade.js';
import { projectRoot } from '../description.js';
import { advance, expectPin, ms, suite } from '../suite.js';

const HEADER = `${projectRoot}firmware/gen/tars_guest.h`;
/** Its table makes it need memory, a pointer into it the stack. */
const SOURCE = `#include "tars_guest.h"
static const unsigned char levels[] = { 1, 1, 0 };
static int at;
static __attribute__((noinline)) void next(volatile int *level) { *level = levels[at++ % 3]; }
REACT void react(int source, int argument) {
  volatile int level = argument;
  if (source != 1) return;
  next(&level);
  gpio_write(0, level);
}
`;

/** The command as the header says it, without the name of the program. */
function command(): string[] {
  const text = /Build with\n([^]*?) -o guest\.wasm guest\.c/.exec(readFileSync(HEADER, 'utf8'))?.[1] ?? '';
  return text.split(/[\s*]+/).filter((word) => word.startsWith('-'));
}

function build(pin: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tars-guest-'));
  try {
    writeFileSync(join(folder, 'guest.c'), SOURCE);
    const flags = [...command(), '-I', `${projectRoot}firmware/gen`];
    execFileSync('clang', [...flags, '-o', 'guest.wasm', 'guest.c'], { cwd: folder });
    const module = new Uint8Array(readFileSync(join(folder, 'guest.wasm')));
    const memory = Math.ceil(heapBase(module) / MEMORY_UNIT) * MEMORY_UNIT;
    const reactions = [0, 0, 0, 0];
    const manifest = { name: 'guest', calls: [7], uses: [[1, pin]], sources: [[0, 10_000]] };
    return withManifest(module, rawManifest({ ...manifest, bounds: [1024, memory, ...reactions] }));
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

const hasClang = spawnSync('clang', ['--version']).status === 0 && spawnSync('wasm-ld', ['--version']).status === 0;

if (hasClang) {
  it('a behaviour in C breaks no rule', () => {
    expect(verify(build('LED'))).toEqual([]);
  });

  suite('a behaviour in C', ['pins', 'virtual-time'], (hil) => {
    hil('is loaded and runs', async ({ rig, wire }) => {
      const m = await rig([build(wire('led'))]);
      for (const level of [1, 1, 0, 1] as const) {
        await advance(m, ms(10));
        await expectPin(m, 'led', level);
      }
    });
  });
} else it.skip('a behaviour in C: clang or lld is missing', () => undefined);
