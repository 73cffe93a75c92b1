/** Where this installation of tars is: the folder with package.json, boards/ and firmware/. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// One level up from both this file and its bundle in dist/, which is flat.
const home = new URL('../', import.meta.url);

/** Path of a file of the installation. */
export const homePath = (path: string): string => fileURLToPath(new URL(path, home));

/** Version of the package. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(homePath('package.json'), 'utf8')) as { version: string };
  return version;
}
