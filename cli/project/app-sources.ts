/** An app before it is compiled, and reading a file of it. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { systemCode, UserError } from '../errors.js';

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
