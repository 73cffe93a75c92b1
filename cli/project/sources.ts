/**
 * What a path given on the command line stands for: one behaviour, or an app of several. Reads files, compiles nothing.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { readText } from '../files.js';
import type { AppSources } from './app-sources.js';
import { staysInside } from './inside.js';
import { findProject, PROJECT_FILE } from './project.js';

/** Reads a .tars file, a folder with tars.toml, or a folder with one .tars file. */
export async function readSources(path: string): Promise<AppSources> {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info)
    throw new UserError('missing_file', `there is no file or folder ${path}`, {
      cure: 'check the path; `tars new` makes a new behaviour',
    });
  if (!info.isDirectory()) return oneFile(path, findProject(dirname(path)));
  if (existsSync(join(path, PROJECT_FILE))) return (await import('./toml.js')).readProject(path);
  const found = readdirSync(path)
    .filter((name) => name.endsWith('.tars'))
    .sort();
  const [only] = found;
  if (only && found.length === 1) return oneFile(join(path, only), findProject(path) ?? path);
  const message = only
    ? `${path} holds ${found.length} behaviours and no ${PROJECT_FILE} that says which belong together`
    : `${path} holds no .tars file`;
  throw new UserError('no_app', message, {
    cure: only
      ? `name one of them (${found.join(', ')}), or write a ${PROJECT_FILE}`
      : 'name a .tars file, or a folder with one',
  });
}

/** `inside`: the folder that no link leads out of; undefined: the user named a file that belongs to no project. */
function oneFile(path: string, inside: string | undefined): AppSources {
  if (!path.endsWith('.tars')) {
    throw new UserError('not_tars', `${path} is no .tars file`, {
      cure: 'name a .tars file, or a folder with one or with a tars.toml',
    });
  }
  if (inside !== undefined) staysInside(path, inside);
  const name = path.slice(path.lastIndexOf('/') + 1, -'.tars'.length);
  return { kind: 'module', name, behaviours: [{ file: path, source: readText(path) }], files: [path] };
}
