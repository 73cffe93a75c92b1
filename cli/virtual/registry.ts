/**
 * The virtual boards of a project, by name. A board has a folder with its flash, which outlives it, and while it runs a
 * record of where it can be reached. A record whose process is gone is treated as none: boards may be killed at any
 * time.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { exitCodes, UserError, usageError } from '../errors.js';
import { writeWhole } from '../files.js';
import { holdsNoLinks, staysInside } from '../project/inside.js';
import { findProject } from '../project/project.js';
import { hint } from '../terminal/calling.js';
import { EMULATED } from './emulated.js';
import { isAlive, startDetached, stopProcess, type BoardAddress, type BoardOptions } from './process.js';
import { didYouMean } from '../terminal/near.js';

export interface BoardRecord extends BoardAddress {
  readonly name: string;
  readonly clock: 'real' | 'virtual';
  /** Board file; absent: `virtual`. */
  readonly board?: string;
  /** Socket of the emulator's monitor, in the temporary folder if its path would be too long elsewhere. */
  readonly qmp?: string;
  /** When the process began, in the kernel's ticks: tells it from a later process with the same number. */
  readonly born: string;
}

export interface StoredBoard {
  readonly name: string;
  readonly state: string;
  /** Absent when it isn't running. */
  readonly running?: BoardRecord;
}

/** Folder of the boards: `.tars` of the project, or of the user where there is no project. */
export function boardsFolder(from = process.cwd()): string {
  const project = findProject(from);
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return project === undefined ? join(state, 'tars', 'boards') : join(project, '.tars', 'boards');
}

/** All boards that have a folder, sorted by name. */
export function listVirtualBoards(folder = boardsFolder()): StoredBoard[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return names.sort().map((name) => {
    const running = readRecord(join(folder, name));
    return { name, state: join(folder, name), ...(running && { running }) };
  });
}

/** The running board called `name`. */
export function findRunning(name: string, folder = boardsFolder()): BoardRecord | undefined {
  return isBoardName(name) ? readRecord(join(folder, name)) : undefined;
}

const isBoardName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name);
/** The link in a board's folder that the board itself makes, to its pseudo-terminal. */
const PTY = 'pty';
const recordPath = (state: string): string => join(state, 'board.json');

function readRecord(state: string): BoardRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPath(state), 'utf8')) as BoardRecord;
    return isAlive(record.pid) && born(record.pid) === record.born ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Start time of a process, field 22 of its stat line; the second field may hold spaces and parentheses. */
function born(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Makes the folder of a board; one that came with somebody's project has no link for us to write through. */
function makeState(state: string, folder: string): void {
  const project = findProject(folder);
  if (project !== undefined) for (const path of [dirname(folder), folder, state]) staysInside(path, project);
  // The flash of a board holds its private key.
  mkdirSync(state, { recursive: true, mode: 0o700 });
  holdsNoLinks(state, PTY);
}

/** Names a process, as of a test, with which a board ends that is started by a command. */
export const BOARD_PARENT = 'TARS_BOARD_PARENT';

function parentOf(): { readonly parent?: number } {
  const text = process.env[BOARD_PARENT] ?? '';
  return /^\d{1,7}$/.test(text) ? { parent: Number(text) } : {};
}

/** Starts a board that runs until it is stopped, or until its parent has ended. */
export async function startBoard(
  options: Omit<BoardOptions, 'state'> & { readonly board?: string },
  folder = boardsFolder(),
): Promise<BoardRecord> {
  const { name, board } = options;
  if (!isBoardName(name))
    throw usageError(`${name} is no name for a board: letters, digits, - and _, at most 32`, 'board');
  const state = join(folder, name);
  if (readRecord(state)) {
    throw new UserError('board_runs', `the virtual board ${name} already runs`, {
      cure: `use it, or stop it with ${hint`tars board stop ${name}`}`,
    });
  }
  makeState(state, folder);
  const address =
    board === EMULATED
      ? await (await import('./emulator.js')).startEmulator({ ...parentOf(), ...options, state })
      : await startDetached({ ...parentOf(), ...options, state });
  const record: BoardRecord = {
    ...address,
    name,
    ...(board !== undefined && { board }),
    clock: options.clock ?? 'real',
    born: born(address.pid),
  };
  writeWhole(recordPath(state), `${JSON.stringify(record)}\n`);
  return record;
}

/** Stops a running board; its flash stays. */
export async function stopBoard(name: string, folder = boardsFolder()): Promise<void> {
  const record = findRunning(name, folder);
  if (!record) {
    const names = listVirtualBoards(folder)
      .filter((board) => board.running)
      .map((board) => board.name);
    throw new UserError('no_such_board', `no virtual board called ${name} runs${didYouMean(name, names)}`, {
      cure: names.length > 0 ? `running: ${names.join(', ')}` : 'start one with `tars board start`',
      exit: exitCodes.board,
    });
  }
  await stopProcess(record.pid);
  for (const path of [recordPath(join(folder, name)), record.qmp])
    if (path !== undefined) rmSync(path, { force: true });
}
