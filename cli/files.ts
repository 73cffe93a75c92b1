/** Files that the user named. */
import { closeSync, openSync, readSync } from 'node:fs';
import { systemCode, UserError } from './errors.js';

/** Most bytes of a file that are read; the largest that tars writes is an app image of 32 modules, 2 MiB. */
export const MOST_BYTES = 4 * 1024 * 1024;
const CHUNK = 65_536;

/** What the operating system says, in the words of people. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file',
  EACCES: 'you may not read',
  EISDIR: 'this is a folder:',
};

/** Bytes of a file. Throws a UserError if it can't be read or never ends. */
export function readNamed(path: string): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readMost(path);
  } catch (error) {
    const code = systemCode(error) ?? String(error);
    throw new UserError('missing_file', `${REASONS[code] ?? `can't read (${code})`} ${path}`, {
      cure: 'check the path and who may read it',
    });
  }
  if (bytes) return bytes;
  throw new UserError('large_file', `${path} has more than ${MOST_BYTES} bytes`, {
    cure: 'check the path: no file that tars reads is that large',
  });
}

/** Reads a text file as UTF-8; a byte order mark stays. */
export const readText = (path: string): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(readNamed(path));

/** Undefined if there is more: a device or a pipe has no size to ask for. */
function readMost(path: string): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const parts: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const part = new Uint8Array(CHUNK);
      const count = readSync(file, part);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
      total += count;
      if (total > MOST_BYTES) return undefined;
    }
  } finally {
    closeSync(file);
  }
}
