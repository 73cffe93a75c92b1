/**
 * What a program that imports the installed package sees: declarations that a strict compiler takes without ours or a
 * browser's types.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const home = new URL('..', import.meta.url).pathname;

const PROGRAM = `import { compile, encodeFrame, Machine, renderText, type Compiled, type Diagnostic } from 'tars-sdk';
const { module, diagnostics }: Compiled = compile('behaviour b', { file: 'b.tars', board: { name: 'x', resources: {}, classes: {} } as never });
export const list: readonly Diagnostic[] = diagnostics;
// @ts-expect-error: it is bytes
export const wrong: string = module;
export { encodeFrame, Machine, renderText };
`;

it('is typed for those who install it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-types-'));
  const tsc = (...args: string[]): string =>
    spawnSync(process.execPath, [join(home, 'node_modules/typescript/bin/tsc'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout;
  try {
    const installed = join(folder, 'node_modules/tars-sdk');
    mkdirSync(installed, { recursive: true });
    cpSync(join(home, 'package.json'), join(installed, 'package.json'));
    expect(
      (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { scripts: { prepack: string } }).scripts
        .prepack,
    ).toContain('tsc -p sdk/tsconfig.types.json');
    expect(tsc('-p', join(home, 'sdk/tsconfig.types.json'), '--outDir', join(installed, 'dist/types'))).toBe('');
    writeFileSync(join(folder, 'use.ts'), PROGRAM);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    expect(tsc('--strict', '--module', 'NodeNext', '--target', 'ES2022', '--lib', 'ES2022', '--noEmit', 'use.ts')).toBe(
      '',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
