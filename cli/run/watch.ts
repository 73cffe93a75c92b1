/**
 * Watches source files for `run --watch`. Editors write in several steps or replace the file, so folders are watched.
 */
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** A file is taken to be written completely after so long without a further change. */
const SETTLE_MS = 40;

/**
 * Calls `changed` after each burst of changes to one of the files, once at a time; it returns the files to watch from
 * then on, or undefined if they stay the same. Returns a function that ends it.
 */
export function watchFiles(
  files: readonly string[],
  changed: () => Promise<readonly string[] | undefined>,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<unknown> = Promise.resolve();
  let ended = false;
  const settle = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void (work = work.then(again)), SETTLE_MS);
  };
  let watched = files;
  let close = watchFolders(files, settle);
  const again = async (): Promise<void> => {
    const now = (await changed()) ?? watched;
    // Without need the folders are not watched anew: what is saved in between would go unseen.
    if (ended || now.join('\n') === watched.join('\n')) return;
    close();
    watched = now;
    close = watchFolders(now, settle);
  };
  return () => {
    ended = true;
    clearTimeout(timer);
    close();
  };
}

function watchFolders(files: readonly string[], changed: () => void): () => void {
  const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) => {
    const names = new Set(files.filter((file) => dirname(file) === folder).map((file) => basename(file)));
    return watch(folder, (_, name) => {
      if (name !== null && names.has(name)) changed();
    });
  });
  return () => watchers.forEach((watcher) => watcher.close());
}
