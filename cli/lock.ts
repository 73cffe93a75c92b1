/**
 * Locks between processes of one computer: numbered files, of which the highest is the lock. Whoever wants it makes the
 * next number, which one process alone can; a file is removed only once a higher one exists, so nobody removes the lock
 * of another process, and one that a killed process left is passed over.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { systemCode, UserError } from './errors.js';
import { isAlive } from './virtual/process.js';

export interface Holder {
  readonly pid: number;
  /** Start of the process in the kernel's ticks: tells it from a later one with the same number. */
  readonly born: string;
  readonly host: string;
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

/** A process of another computer, which shares the folder, can't be asked: it counts as alive. */
const lives = ({ pid, born: start, host }: Holder): boolean =>
  host !== hostname() || (isAlive(pid) && born(pid) === start);

/** Numbers of the files of a lock, ascending. */
function numbers(path: string): readonly number[] {
  const start = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => a - b);
}

/** Who holds the lock with this number; undefined: it was let go, or is gone already. */
function holderOf(path: string, number: number): Holder | undefined {
  try {
    return (JSON.parse(readFileSync(`${path}.${number}`, 'utf8')) as Holder | null) ?? undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the file of a number with this content in one step; false if there is one. */
function make(path: string, number: number, content: Holder | null): boolean {
  const draft = `${path}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
    linkSync(draft, `${path}.${number}`);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw new UserError('cannot_write', `can't write ${path}.${number} (${systemCode(error) ?? String(error)})`, {
      cure: 'check the folder and who may write into it',
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the lock, or says who has it. */
export function tryLock(path: string): (() => void) | Holder {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = numbers(path).at(-1) ?? 0;
    const holder = highest > 0 ? holderOf(path, highest) : undefined;
    if (holder && lives(holder)) return holder;
    const mine = highest + 1;
    const own: Holder = {
      pid: process.pid,
      born: born(process.pid),
      host: hostname(),
      since: new Date().toISOString(),
    };
    if (!make(path, mine, own)) continue;
    const all = numbers(path);
    // Others may have come and gone between the look and the file: then the number is an old one.
    if (all.at(-1) === mine) return () => release(path, mine);
    rmSync(`${path}.${mine}`, { force: true });
  }
}

/** Files that stay: who reads the folder while others come and go must not find it empty. */
const KEPT = 8;

/** The next number, which nobody holds, lets the lock go; what lies far below it is removed. */
function release(path: string, mine: number): void {
  make(path, mine + 1, null);
  for (const number of numbers(path)) if (number <= mine - KEPT) rmSync(`${path}.${number}`, { force: true });
}

const POLL_MS = 5;
const PATIENCE_MS = 20_000;

/** Does work that takes a moment while no other process does; waits for its turn. */
export function alone<T>(path: string, work: () => T): T {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const taken = tryLock(path);
    if (typeof taken === 'function') {
      try {
        return work();
      } finally {
        taken();
      }
    }
    if (Date.now() > end)
      throw new UserError('busy', `another tars has ${path} (process ${taken.pid}, since ${taken.since})`, {
        cure: 'wait until it has ended, or end it',
      });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}
