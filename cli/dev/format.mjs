// Formats all TypeScript, JavaScript and C of the repository, or with --check lists what isn't formatted. The styles
// are in .prettierrc.json and .clang-format; what `npm run gen` writes is left as the generator wrote it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { boards, codegen, vectors } from './lib/codegen.mjs';
import { Skipped } from './lib/parts.mjs';
import { at, root } from './lib/paths.mjs';
import { run, which } from './lib/run.mjs';

const files = (...patterns) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', ...patterns], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(at(path)));

/** Runs both formatters; `check` changes nothing and throws if something would have changed. */
export async function format({ check }) {
  const generated = new Set((await codegen()).generate(boards(), vectors()).keys());
  const scripts = files('*.ts', '*.mts', '*.mjs', '*.js');
  await run(process.execPath, [
    at('node_modules/prettier/bin/prettier.cjs'),
    '--log-level=warn',
    '--cache',
    '--cache-location',
    at('build/prettier'),
    check ? '--check' : '--write',
    ...scripts,
  ]);
  const sources = files('*.c', '*.h').filter((path) => !generated.has(path));
  if (!which('clang-format')) throw new Skipped('clang-format is missing (Debian package clang-format)');
  await run('clang-format', [...(check ? ['--dry-run', '-Werror'] : ['-i']), ...sources]);
  return `${scripts.length + sources.length} files ${check ? 'are formatted' : 'formatted'}`;
}

if (process.argv[1] === at('cli/dev/format.mjs'))
  console.log(await format({ check: process.argv.includes('--check') }));
