// Remembers what set-up has done, so that a second run costs next to nothing. A stamp is a digest of the paths, sizes
// and times of a step's inputs: reading 500 directory entries takes milliseconds, reading 500 files would not.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { at } from './paths.mjs';

const FILE = at('build/setup.json');
const SKIP = new Set(['node_modules', 'dist', 'build', '.git', '.tars', 'coverage']);

/** All files below `path` (a file or a folder), as paths; sorted, so that the order of the directory doesn't matter. */
export function files(path, keep = () => true) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return [];
  if (info.isFile()) return keep(path) ? [path] : [];
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => !SKIP.has(entry.name));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return files(child, keep);
    return entry.isFile() && keep(child) ? [child] : [];
  });
}

/** Digest of the inputs of a step: paths below the root (files or folders) and plain texts such as versions. */
export function digest(paths, { keep, texts = [] } = {}) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => files(at(path), keep))) {
    const info = statSync(path);
    hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
  }
  for (const text of texts) hash.update(`${text}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** The stamps written so far, by step. */
export function stamps() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return {};
  }
}

/** Records that a step was done with these inputs. */
export function stamp(name, value) {
  const all = { ...stamps(), [name]: value };
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
