/** Files that the user named, and files that are written whole or not at all. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { cannotWrite, systemCode, UserError } from './errors.js';

/** Most bytes of a file that are read; the largest that tars writes is an app image of 32 modules, 2 MiB. */
export const MOST_BYTES = 4 * 1024 * 1024;
const CHUNK = 65_536;

/** What the operating system says, in the words of people. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file',
  EACCES: 'you may not read',
  ELOOP: 'these links lead to each other:',
  ENOTDIR: 'a part of this path is no folder:',
};

/** Bytes of a file. Throws a UserError if it can't be read or never ends. */
export function readNamed(path: string): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    const what = noFile(path);
    if (what)
      throw new UserError('no_file', `${path} is ${what}, not a file`, { cure: 'check the path, and name a file' });
    bytes = readMost(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
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

/** Reads a text file as UTF-8; a byte order mark stays. Throws a UserError that says where it is none. */
export function readText(path: string): string {
  const bytes = readNamed(path);
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    throw new UserError('not_utf8', `${path} is no text in UTF-8: ${whatElse(bytes)}`, {
      cure: 'save it as UTF-8 in your editor',
    });
  }
}

/** The same without a byte order mark, which some editors put before a file and readers of TOML and JSON refuse. */
export const readPlainText = (path: string): string => readText(path).replace(/^\ufeff/, '');

/** What a file seems to be that isn't UTF-8, and where that shows. */
function whatElse(bytes: Uint8Array): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return 'it begins as UTF-16';
  const before = new TextDecoder().decode(bytes).split('\ufffd', 1)[0] ?? '';
  return `line ${before.split('\n').length} has bytes of another encoding`;
}

/** What this process has open already: its input, and what a shell puts in place of `<(command)`. */
const OPEN = /^\/(dev\/(stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** What a path leads to that isn't a file: a pipe that nobody writes to is never at its end. */
function noFile(path: string): string | undefined {
  const info = statSync(path);
  if (info.isFile() || OPEN.test(path)) return undefined;
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  return info.isSocket() ? 'a socket' : 'a device';
}

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

/** Makes the file of `draft` the one of `path`, in one step, but not over another one. */
function linkFresh(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    // Some file systems, as on a stick, know no second name for a file.
    if (systemCode(error) === 'EEXIST' || existsSync(path)) throw error;
    renameSync(draft, path);
  }
}

/** The name of a new file is on the disk too. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } catch {
    // Not every file system can do that for a folder.
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file whole or not at all, whatever happens meanwhile: a kill, a full disk, the end of the power. `fresh`:
 * never over another file; then the system's EEXIST is thrown. Throws a UserError if it can't be written.
 */
export function writeWhole(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666, fresh = false }: { readonly mode?: number; readonly fresh?: boolean } = {},
): void {
  const draft = `${path}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (fresh) linkFresh(draft, path);
    else renameSync(draft, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? error : cannotWrite(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

const mayWrite = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Writes what the user asked for with `-o`: whole or not at all, unless that is a device, a pipe, or a file in a folder
 * that takes no other one. `derived`: the user didn't type this path, so a link in its place, which may have come with
 * somebody else's project, is replaced; the file that it leads to stays as it is.
 */
export function writeOutput(path: string, content: Uint8Array, { derived = false } = {}): void {
  const info = statSync(path, { throwIfNoEntry: false });
  const link = derived && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  if (info === undefined || link) return writeWhole(path, content);
  const whole = info.isFile() && mayWrite(dirname(realpathSync(path)));
  if (whole) return writeWhole(realpathSync(path), content, { mode: info.mode & 0o777 });
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
