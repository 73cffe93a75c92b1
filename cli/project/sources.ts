/**
 * What a path given on the command line stands for: one behaviour, or an app of several. Reads files, compiles nothing.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { systemCode, UserError } from '../errors.js';
import { PROJECT_FILE } from './project.js';

/** One behaviour before it is compiled. */
export interface BehaviourSource {
  /** Path as the user would write it, for messages. */
  readonly file: string;
  readonly source: string;
  /** From tars.toml. */
  readonly name?: string;
  readonly priority?: number;
  /** Delay of the first restart in milliseconds; faults until the behaviour is parked, 0 never. */
  readonly restart?: readonly [number, number];
}

export interface AppSources {
  /** `module`: one behaviour; `app`: what tars.toml lists. */
  readonly kind: 'module' | 'app';
  readonly name: string;
  /** Board named in tars.toml. */
  readonly board?: string;
  /** Folder with tars.toml. */
  readonly project?: string;
  readonly behaviours: readonly BehaviourSource[];
  /** Every file that was read, for `run --watch`. */
  readonly files: readonly string[];
}

/** Reads a .tars file, a folder with tars.toml, or a folder with one .tars file. */
export async function readSources(path: string): Promise<AppSources> {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info)
    throw new UserError('missing_file', `there is no file or folder ${path}`, {
      cure: 'check the path; `tars new` makes a new behaviour',
    });
  if (!info.isDirectory()) return oneFile(path);
  if (existsSync(join(path, PROJECT_FILE))) return (await import('./toml.js')).readProject(path);
  const found = readdirSync(path)
    .filter((name) => name.endsWith('.tars'))
    .sort();
  const [only] = found;
  if (only && found.length === 1) return oneFile(join(path, only));
  const message = only
    ? `${path} holds ${found.length} behaviours and no ${PROJECT_FILE} that says which belong together`
    : `${path} holds no .tars file`;
  throw new UserError('no_app', message, {
    cure: only
      ? `name one of them (${found.join(', ')}), or write a ${PROJECT_FILE}`
      : 'name a .tars file, or a folder with one',
  });
}

function oneFile(path: string): AppSources {
  if (!path.endsWith('.tars')) {
    throw new UserError('not_tars', `${path} is no .tars file`, {
      cure: 'name a .tars file, or a folder with one or with a tars.toml',
    });
  }
  const name = path.slice(path.lastIndexOf('/') + 1, -'.tars'.length);
  return { kind: 'module', name, behaviours: [{ file: path, source: readText(path) }], files: [path] };
}

/** A text file. Throws a UserError if it can't be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    const why =
      code === 'ENOENT'
        ? 'there is no file'
        : code === 'EACCES'
          ? 'you may not read'
          : code === 'EISDIR'
            ? 'this is a folder:'
            : `can't read (${code})`;
    throw new UserError('missing_file', `${why} ${path}`, { cure: 'check the path and who may read it' });
  }
}

/** A path as the user would write it from here. */
export const shortPath = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('../..') ? path : short;
};
