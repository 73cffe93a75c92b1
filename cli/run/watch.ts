/**
 * Watches source files for `run --watch` by looking at them again and again: that sees symbolic links that lead
 * elsewhere, folders that are replaced, and files that are not there yet, where the operating system would say nothing.
 */
import { statSync } from 'node:fs';

const LOOK_MS = 100;

/** What changes when a file or folder is written, replaced, removed or made; links are followed. */
function stateOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'none';
  }
}

/** States of several paths, to compare. */
export const stateOfAll = (paths: readonly string[]): string => paths.map(stateOf).join('\n');

/**
 * Calls `changed` when one of the paths has changed and then stood still for one look, once at a time; it returns the
 * paths to watch from then on, or undefined if they stay the same. What changes meanwhile counts too. Returns what ends
 * it. `seen`: how they were when they were read.
 */
export function watchFiles(
  paths: readonly string[],
  changed: () => Promise<readonly string[] | undefined>,
  seen = stateOfAll(paths),
): () => void {
  let watched = paths;
  let known = seen;
  let last = known;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    const now = stateOfAll(watched);
    const still = now === last;
    last = now;
    if (!still || now === known) return;
    busy = true;
    const before = new Map(watched.map((path) => [path, stateOf(path)]));
    try {
      watched = (await changed()) ?? watched;
    } finally {
      // A path that is watched from now on was read a moment ago.
      known = watched.map((path) => before.get(path) ?? stateOf(path)).join('\n');
      last = known;
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => clearInterval(timer);
}
