// What a program that imports the installed package sees: declarations that a strict compiler takes without ours or a
// browser's types.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from './paths.mjs';
import { run } from './run.mjs';

const PROGRAM = `import { compile, encodeFrame, Model, renderText, type Compiled, type Diagnostic } from 'tars-sdk';
const { module, diagnostics }: Compiled = compile('behaviour b', { file: 'b.tars', board: { name: 'x', resources: {}, classes: {} } as never });
export const list: readonly Diagnostic[] = diagnostics;
// @ts-expect-error: it is bytes
export const wrong: string = module;
export { encodeFrame, Model, renderText };
`;
/** How `npm pack` makes the declarations. */
const EMIT = ['-p', 'sdk/tsconfig.types.json'];

/** Emits the declarations as packing does, and compiles a program that imports them; throws what the compiler says. */
export async function publishedTypes() {
  const { prepack } = JSON.parse(readFileSync(at('package.json'), 'utf8')).scripts;
  if (!prepack.includes(`tsc ${EMIT.join(' ')}`)) throw new Error(`prepack does not run tsc ${EMIT.join(' ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'tars-types-'));
  const tsc = (args, options) => run(process.execPath, [at('node_modules/typescript/bin/tsc'), ...args], options);
  try {
    const installed = join(folder, 'node_modules/tars-sdk');
    mkdirSync(installed, { recursive: true });
    cpSync(at('package.json'), join(installed, 'package.json'));
    await tsc([...EMIT, '--outDir', join(installed, 'dist/types')]);
    writeFileSync(join(folder, 'use.ts'), PROGRAM);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const strict = ['--strict', '--module', 'NodeNext', '--target', 'ES2022', '--lib', 'ES2022', '--noEmit'];
    await tsc([...strict, 'use.ts'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return 'a program outside of the repository is typed';
}
