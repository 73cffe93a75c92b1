/**
 * What goes wrong where the user can do something about it. Every such error says what is wrong and what helps;
 * anything else that is thrown is a bug of ours and ends with exit code 70.
 */

import { asCalled, hint } from './terminal/calling.js';
import type { Terminal } from './terminal/terminal.js';

/** Exit codes of the command line, documented in `tars --help`. */
export const exitCodes = {
  ok: 0,
  /** The user's program or request is wrong. */
  request: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The board, its port or this machine's set-up. */
  board: 3,
  /** A bug of tars itself. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error with a cure, printed without a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly cure: string;
  readonly exit: ExitCode;
  /** Stable name for `--json` and tests, e.g. `port_in_use`. */
  readonly code: string;

  /** More to show before the message: the places in a source. `json` is merged into what `--json` prints. */
  details?(terminal: Terminal): Promise<{ readonly text: string; readonly json: object }>;

  constructor(code: string, message: string, { cure, exit = exitCodes.request }: { cure: string; exit?: ExitCode }) {
    super(message);
    this.code = code;
    this.cure = asCalled(cure);
    this.exit = exit;
  }
}

/** A wrong command line; `usage` names the help to look at. */
export const usageError = (message: string, command = ''): UserError =>
  new UserError('usage', message, {
    cure: `see ${command ? hint`tars ${command} --help` : hint`tars --help`}`,
    exit: exitCodes.usage,
  });

/** What the operating system refuses about files and folders, and what helps. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'check who may read and write there',
  EPERM: 'check who may read and write there',
  EROFS: 'the file system is read-only: choose another folder',
  EFBIG: 'raise the limit of the size of files (`ulimit -f`), then run it again',
  ENOSPC: 'make room on the disk, then run it again',
  EDQUOT: 'make room in your quota, then run it again',
  ENOTDIR: 'a file stands where a folder is needed: choose another path',
  EISDIR: 'a folder stands where a file is needed: choose another path',
  ENAMETOOLONG: 'choose a shorter path',
  EIO: 'check the disk',
  ELOOP: 'a symbolic link leads back to itself: choose another path',
  EMFILE: 'close other programs, or raise the limit of open files',
};

/** A file that can't be written. */
export const cannotWrite = (path: string, error: unknown): UserError =>
  new UserError('cannot_write', `can't write ${path} (${systemCode(error) ?? String(error)})`, {
    cure: REFUSALS[systemCode(error) ?? ''] ?? 'check the folder and who may write into it',
    exit: exitCodes.board,
  });

/** A refusal of the operating system as trouble with this machine; undefined for anything else. */
export function systemError(error: unknown): UserError | undefined {
  const named = error instanceof Error && 'path' in error && 'syscall' in error;
  const cure = REFUSALS[systemCode(error) ?? ''] ?? (named ? 'check the path and what is there' : undefined);
  return error instanceof Error && cure !== undefined
    ? new UserError('system', error.message, { cure, exit: exitCodes.board })
    : undefined;
}

/** Code of a Node system error (`ENOENT`, `EACCES`, …), undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
