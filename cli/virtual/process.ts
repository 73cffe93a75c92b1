/** Processes of the virtual board: the real firmware with simulated peripherals, one process each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../ends.js';
import { exitCodes, UserError } from '../errors.js';
import { homePath } from '../home.js';
import { hint, shellWord } from '../terminal/calling.js';

export interface BoardOptions {
  /** Folder of the board's flash; created if missing. */
  readonly state: string;
  readonly name: string;
  readonly clock?: 'real' | 'virtual';
  /** Paces the links like a serial line. */
  readonly baud?: number;
  /** File for every reaction and host call. */
  readonly trace?: string;
  /** The board ends when this process does. */
  readonly parent?: number;
}

/** Where a running board can be reached. */
export interface BoardAddress {
  readonly pid: number;
  /** Path of the pseudo-terminal with the link. */
  readonly pty: string;
  /** TCP ports on the loopback: link, unless the board has no other than the pseudo-terminal, and bench. */
  readonly tcp?: number;
  readonly bench: number;
}

/** The virtual board has both. */
type LocalAddress = BoardAddress & { readonly tcp: number };

const READY_MS = 10_000;
const POLL_MS = 5;

/** Path of the program; a UserError if set-up hasn't built it. */
function boardProgram(): string {
  const program = homePath('build/firmware/tars-board');
  if (existsSync(program)) return program;
  throw new UserError('no_virtual_board', 'the virtual board is not built', {
    // The package brings no set-up: the firmware is built in a clone.
    cure: existsSync(homePath('cli/dev'))
      ? `run ${hint`cd ${homePath('.')} && npm run setup`}`
      : 'clone the project and run `npm run setup` there; the installed package has no firmware that is built',
    exit: exitCodes.board,
  });
}

function commandLine(options: BoardOptions): string[] {
  const args = [
    '--state',
    options.state,
    '--name',
    options.name,
    '--pty',
    join(options.state, 'pty'),
    '--tcp',
    '0',
    '--bench',
    '0',
    '--ready',
  ];
  args.push('--clock', options.clock ?? 'real');
  if (options.baud !== undefined) args.push('--baud', String(options.baud));
  if (options.trace !== undefined) args.push('--trace', options.trace);
  if (options.parent !== undefined) args.push('--parent', String(options.parent));
  return args;
}

/**
 * Starts a board that lives on after this process, unless `parent` says otherwise. What it prints goes to `board.log`
 * in its state folder; the line that says it is ready goes to `ready.json` there.
 */
export async function startDetached(options: BoardOptions): Promise<BoardAddress> {
  return start(options);
}

/** Starts a board that ends with this process at the latest. */
export async function startAttached(options: BoardOptions): Promise<LocalAddress & { stop(): Promise<void> }> {
  const address = await start({ ...options, parent: process.pid });
  const kill = atEnd(() => void (isAlive(address.pid) && process.kill(address.pid, 'SIGKILL')));
  return { ...address, stop: () => stopProcess(address.pid).finally(kill) };
}

async function start(options: BoardOptions): Promise<LocalAddress> {
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  const ready = join(options.state, 'ready.json');
  const log = join(options.state, 'board.log');
  rmSync(ready, { force: true });
  const files = [openSync(ready, 'w'), openSync(log, 'a')] as const;
  const child = spawn(boardProgram(), commandLine(options), {
    detached: true,
    stdio: ['ignore', ...files],
  });
  files.forEach(closeSync);
  child.unref();
  const address = await untilReady(child, ready);
  if (address) return address;
  if (child.exitCode === null) child.kill('SIGKILL');
  throw new UserError('board_failed', `the virtual board ${options.name} did not start: ${lastLine(log)}`, {
    cure: `see ${shellWord(log)}`,
    exit: exitCodes.board,
  });
}

async function untilReady(child: ChildProcess, ready: string): Promise<LocalAddress | undefined> {
  let failed = false;
  child.on('error', () => (failed = true));
  child.on('exit', () => (failed = true));
  for (const end = Date.now() + READY_MS; Date.now() < end && !failed; await sleep(POLL_MS)) {
    const text = readFileSync(ready, 'utf8');
    if (text.endsWith('\n')) return JSON.parse(text) as LocalAddress;
  }
  return undefined;
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) || 'it said nothing';
}

/** Places in /proc/<pid>/stat behind the name: state and number of threads. */
const STATE = 0;
const THREADS = 17;

/**
 * What Linux says of a process in /proc/<pid>/stat: true while a thread of it runs. The first one may be over before
 * the others, which keep files and locks until they end.
 */
export function isRunning(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[STATE] !== 'Z' || fields[THREADS] !== '1';
}

/**
 * True while the process runs. One that has ended and whose parent doesn't ask, as in a container without an init, does
 * not.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return isRunning(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // A system without /proc, or the process has just gone.
    return true;
  }
}

/** Asks a board to end; it writes what it has to. Kills it if it takes longer than two seconds. */
export async function stopProcess(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', 2000],
    ['SIGKILL', 2000],
  ] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (const end = Date.now() + waitMs; Date.now() < end && isAlive(pid);) await sleep(POLL_MS);
  }
}
