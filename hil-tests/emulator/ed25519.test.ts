/** The board's Ed25519 on a Cortex-M7, compiled for it: the verdicts of OpenSSL behind the host's wrapper. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { verify } from '../../ota/host/ed25519.js';
import { signatureCase, type SignatureCase } from '../../ota/host/testing/signature-cases.js';
import { projectRoot } from '../description.js';
import { lacking } from './board.js';

const CASES = 200;
const folder = join(projectRoot, 'build/m7-signatures');
const bare = ['-M', 'mps2-an500', '-display', 'none', '-monitor', 'none', '-serial', 'stdio'];

const bytes = (of: Uint8Array): string => `{${[...of].join(',')}}`;
const header = (cases: readonly SignatureCase[]): string =>
  '#include <stdint.h>\n' +
  'static const struct { uint32_t size; uint8_t message[256], signature[64], key[32]; } fixture_signatures[] = {\n' +
  cases.map((of) => `{${of.message.length},${bytes(of.message)},${bytes(of.signature)},${bytes(of.key)}},\n`).join('') +
  '};\n';

/** Builds the image with these signatures in it, and runs it: what it prints. */
function judged(cases: readonly SignatureCase[]): string[] {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: projectRoot, encoding: 'utf8', timeout: 120_000 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'signatures.h'), header(cases));
  const tools = `-DCMAKE_TOOLCHAIN_FILE=${join(projectRoot, 'firmware/measure/m7/toolchain.cmake')}`;
  run('cmake', '-S', 'firmware/measure/m7', '-B', folder, '-G', 'Ninja', tools, `-DTARS_FIXTURE_DIR=${folder}`);
  run('cmake', '--build', folder, '--target', 'signatures');
  const image = ['-semihosting-config', 'enable=on,target=native', '-kernel', join(folder, 'signatures')];
  return [...run('qemu-system-arm', ...bare, ...image).matchAll(/^verdict (\d+)$/gm)].map(([, code]) => code ?? '');
}

describe.skipIf(lacking)('Ed25519 on the emulated Cortex-M7', { timeout: 300_000 }, () => {
  it(`gives OpenSSL's verdict on ${CASES} signatures, whole, damaged and of mixed order`, () => {
    const codes = new Map<string | undefined, number>(errors.map(({ name, code }) => [name, code]));
    const cases = Array.from({ length: CASES }, (_, i) => signatureCase(1_000_000 + i));
    const expected = cases.map(({ message, signature, key }) => verify(message, signature, key));
    expect(new Set(expected).size).toBe(4);
    expect(judged(cases)).toEqual(expected.map((name) => String(name === undefined ? 0 : codes.get(name))));
  });
});
