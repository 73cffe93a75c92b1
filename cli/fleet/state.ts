/** Where an operator's state of a fleet lies, and that only one process at a time writes it. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode, UserError } from '../errors.js';
import { isAlive } from '../virtual/process.js';

/** Folder of a fleet of an owner, below the user's state directory. */
export function fleetFolder(owner: string, fleet: string): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'tars', 'fleets', `${owner.replace(/[^A-Za-z0-9.-]/g, '_')}.${fleet}`);
}

interface Holder {
  readonly pid: number;
  /** Start of the process in the kernel's ticks: tells it from a later one with the same number. */
  readonly born: string;
  readonly since: string;
}

/** Start time of a process, field 22 of its stat line; empty where the system has none. */
function born(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Takes the state for this process; throws a UserError if another one has it. Returns what gives it back. */
export function lockState(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'operator.lock');
  const own = join(folder, `operator.${process.pid}`);
  const content = JSON.stringify({
    pid: process.pid,
    born: born(process.pid),
    since: new Date().toISOString(),
  } satisfies Holder);
  writeFileSync(own, content);
  try {
    while (!tryLink(own, path)) {
      const holder = readHolder(path);
      if (holder && isAlive(holder.pid) && born(holder.pid) === holder.born) throw busy(holder);
      // Its process was killed. It is moved away, not removed: of two who find it only one gets further.
      try {
        renameSync(path, `${own}.old`);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      rmSync(`${own}.old`, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
  if (readFileSync(path, 'utf8') !== content) return lockState(folder);
  return () => rmSync(path, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw new UserError('cannot_write', `can't write ${to} (${systemCode(error) ?? String(error)})`, {
      cure: 'check the folder and who may write into it',
    });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

const busy = ({ pid, since }: Holder): UserError =>
  new UserError('two_operators', `another push to this fleet runs on this computer (process ${pid}, since ${since})`, {
    cure: 'wait until it has ended, and look at `tars ota status`',
  });
