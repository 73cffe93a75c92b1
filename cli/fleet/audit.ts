/**
 * The log of everything an operator did: a file that only grows, one JSON object a line, each with the hash of the one
 * before. Who changes a line, or takes one out, breaks the chain behind it.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';

export interface AuditLine {
  readonly n: number;
  readonly time: string;
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
  readonly broken?: number;
  readonly torn: boolean;
  readonly last: string;
} {
  if (!existsSync(path)) return { lines: [], torn: false, last: START };
  const text = readFileSync(path, 'utf8');
  const whole = text.split('\n');
  // What follows the last line end was cut off by a kill in the middle of writing.
  const torn = whole.pop() !== '';
  let last = START;
  const lines: AuditLine[] = [];
  for (const [index, raw] of whole.entries()) {
    const line = parse(raw);
    if (!line) {
      // A torn line that was closed later holds nothing that counts.
      if (raw.endsWith(TORN)) continue;
      return { lines, broken: index + 1, torn, last };
    }
    if (line.before !== last || line.n !== lines.length + 1) return { lines, broken: index + 1, torn, last };
    lines.push(line);
    last = hash(raw);
  }
  return { lines, torn, last };
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

/** Appends to a log; lines are on the disk when `add` returns. */
export class Audit {
  private readonly file: number;
  private count: number;
  private last: string;
  /** True: the last line may be cut off; it is closed before the next one. */
  private torn: boolean;

  constructor(path: string) {
    const { lines, torn, last } = readAudit(path);
    this.file = openSync(path, 'a', 0o600);
    this.count = lines.length;
    this.last = last;
    this.torn = torn;
  }

  add(action: string, details: Readonly<Record<string, unknown>>): void {
    const line: AuditLine = { n: this.count + 1, time: new Date().toISOString(), action, details, before: this.last };
    const raw = JSON.stringify(line);
    const start = this.torn ? `${TORN}\n` : '';
    this.torn = true;
    // All of it or an error: on a full disk a single write may take a part and say nothing.
    writeFileSync(this.file, `${start}${raw}\n`);
    this.torn = false;
    this.count++;
    this.last = hash(raw);
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
