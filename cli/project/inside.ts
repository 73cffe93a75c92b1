/**
 * Links of a project that lead out of it. Messages quote what is read, and whoever wrote the project must not choose
 * which other file of this machine that is. Links inside of the project are followed.
 */
import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../errors.js';

/** Where a path leads; undefined: nowhere, which whoever reads it says. */
function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Throws a UserError if a link leads from `path`, which lies in `folder`, to somewhere outside of that. */
export function staysInside(path: string, folder: string): void {
  const [target, root] = [real(path), real(folder)];
  if (target === undefined || root === undefined) return;
  if (relative(root, target).split(sep)[0] !== '..') return;
  throw new UserError('leaves_project', `${path} is a link that leads out of ${root}, to ${target}`, {
    cure: `copy what it leads to into ${root}, or name that file itself`,
  });
}

/** Throws a UserError if a file in `folder` is a link, whatever to: what is written there would land elsewhere. */
export function holdsNoLinks(folder: string, except: string): void {
  const link = readdirSync(folder, { withFileTypes: true }).find(
    (entry) => entry.isSymbolicLink() && entry.name !== except,
  );
  if (link)
    throw new UserError('leaves_project', `${join(folder, link.name)} is a link, and tars writes to it`, {
      cure: 'remove the link',
    });
}
