/** Watches source files for `run --watch`. Editors write in several steps or replace the file, so folders are watched. */
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** So long without a further change, and the file is taken to be written. */
const SETTLE_MS = 40;

/** Calls `changed` after each burst of changes to one of the files. Returns a function that ends it. */
export function watchFiles(files: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const folders = new Set(files.map((file) => dirname(file)));
  const watchers = [...folders].map((folder) => {
    const names = new Set(files.filter((file) => dirname(file) === folder).map((file) => basename(file)));
    return watch(folder, (_, name) => {
      if (name === null || !names.has(name)) return;
      clearTimeout(timer);
      timer = setTimeout(changed, SETTLE_MS);
    });
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
