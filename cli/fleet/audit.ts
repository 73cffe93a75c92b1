/**
 * The log of everything an operator did: a file that only grows, one JSON object a line, each with the hash of the one
 * before. Who changes a line, or takes one out, breaks the chain behind it.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { alone } from '../lock.js';
import { fleetFolder } from './state.js';

export interface AuditLine {
  readonly n: number;
  readonly time: string;
  /** Who did it: user and computer. */
  readonly who: string;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** SHA-256 of the line before; zeros in the first. */
  readonly before: string;
}

const START = '0'.repeat(64);
const hash = (line: string): string => createHash('sha256').update(line).digest('hex');

/** Lines of a log, and where its chain breaks: number of the line, from 1. */
export function readAudit(path: string): {
  readonly lines: readonly AuditLine[];
  /** SHA-256 of each line, hexadecimal. */
  readonly hashes: readonly string[];
  readonly broken?: number;
  readonly torn: boolean;
  readonly last: string;
} {
  if (!existsSync(path)) return { lines: [], hashes: [], torn: false, last: START };
  const text = readFileSync(path, 'utf8');
  const whole = text.split('\n');
  // What follows the last line end was cut off by a kill in the middle of writing.
  const torn = whole.pop() !== '';
  let last = START;
  const lines: AuditLine[] = [];
  const hashes: string[] = [];
  for (const [index, raw] of whole.entries()) {
    const line = parse(raw);
    if (!line) {
      // A torn line that was closed later holds nothing that counts.
      if (raw.endsWith(TORN)) continue;
      return { lines, hashes, broken: index + 1, torn, last };
    }
    if (line.before !== last || line.n !== lines.length + 1) return { lines, hashes, broken: index + 1, torn, last };
    lines.push(line);
    last = hash(raw);
    hashes.push(last);
  }
  return { lines, hashes, torn, last };
}

const TORN = ' (torn)';

function parse(raw: string): AuditLine | undefined {
  try {
    const value = JSON.parse(raw) as AuditLine;
    return typeof value.n === 'number' && typeof value.before === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** For people: who is at this computer. */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // In a container the user is often nothing but a number.
    return `${process.getuid?.() ?? 'somebody'}@${hostname()}`;
  }
}

/** Appends to a log, which other processes may have open too; lines are on the disk when `add` returns. */
export class Audit {
  private readonly path: string;
  private readonly file: number;
  private count = 0;
  private last = START;
  /** True: the last line may be cut off; it is closed before the next one. */
  private torn = false;
  /** Bytes of the log as this process knows it. */
  private size = -1;

  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'a', 0o600);
  }

  add(action: string, details: Readonly<Record<string, unknown>>): void {
    alone(`${this.path}.lock`, () => this.append(action, details));
  }

  private append(action: string, details: Readonly<Record<string, unknown>>): void {
    if (fstatSync(this.file).size !== this.size) {
      const { lines, torn, last } = readAudit(this.path);
      [this.count, this.torn, this.last] = [lines.length, torn, last];
    }
    const line: AuditLine = {
      n: this.count + 1,
      time: new Date().toISOString(),
      who: whoAmI(),
      action,
      details,
      before: this.last,
    };
    const raw = JSON.stringify(line);
    const start = this.torn ? `${TORN}\n` : '';
    this.size = -1;
    // All of it or an error: on a full disk a single write may take a part and say nothing.
    writeFileSync(this.file, `${start}${raw}\n`);
    this.torn = false;
    this.count++;
    this.last = hash(raw);
    fsyncSync(this.file);
    this.size = fstatSync(this.file).size;
  }

  close(): void {
    closeSync(this.file);
  }
}

export const auditPath = (folder: string): string => join(folder, 'audit.jsonl');

/** Writes one line into the log of a fleet, also while somebody pushes to it. */
export function record(owner: string, fleet: string, action: string, details: Readonly<Record<string, unknown>>): void {
  const folder = fleetFolder(owner, fleet);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = new Audit(auditPath(folder));
  try {
    log.add(action, details);
  } finally {
    log.close();
  }
}
