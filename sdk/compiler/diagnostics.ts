import { rows } from './messages.js';
import type { Code } from './messages.js';
import type { Span } from './span.js';

export type { Code } from './messages.js';

/** One mistake of the source. */
export interface Diagnostic {
  readonly code: Code;
  readonly file: string;
  readonly span: Span;
  /** What is wrong. */
  readonly title: string;
  /** The rule behind it. */
  readonly why: string;
  /** What to do, where there is one thing to do. */
  readonly fix?: string;
  /** The fix as a change of the source. */
  readonly edit?: { readonly span: Span; readonly text: string };
  /** Other places that matter. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly span: Span;
  readonly text: string;
}

/** What a report adds to its row. `fix` replaces the row's. */
export interface Extra {
  readonly fix?: string;
  readonly edit?: { readonly span: Span; readonly text: string };
  readonly notes?: readonly Note[];
}

/** Collects the mistakes of one run. */
export class Bag {
  readonly list: Diagnostic[] = [];

  constructor(readonly file: string) {}

  /** Fills the row of `code` with `values`. One place is reported once: what comes second there is a consequence. */
  report(code: Code, span: Span, values: Readonly<Record<string, string | number>> = {}, extra: Extra = {}): void {
    if (this.list.some((other) => other.span.start === span.start && other.span.end === span.end)) return;
    const row: { readonly title: string; readonly why: string; readonly fix?: string } = rows[code];
    const fill = (text: string): string =>
      text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
    const fix = extra.fix ?? (row.fix === undefined ? undefined : fill(row.fix));
    this.list.push({
      code,
      file: this.file,
      span,
      title: fill(row.title),
      why: fill(row.why),
      notes: extra.notes ?? [],
      ...(fix !== undefined && { fix }),
      ...(extra.edit && { edit: extra.edit }),
    });
  }

  /** In order of the source. */
  sorted(): Diagnostic[] {
    return [...this.list].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }
}

/** The candidate nearest to `word` if it is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor((word.length + 1) / 3) + 1;
  for (const candidate of candidates) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** Edits between two words; two neighbours swapped count once. */
function distance(a: string, b: string): number {
  const rowsOf: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const cell = (i: number, j: number): number => rowsOf[i]?.[j] ?? 0;
  for (let j = 0; j <= b.length; j++) (rowsOf[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, cell(i - 2, j - 2) + 1);
      (rowsOf[i] as number[])[j] = least;
    }
  }
  return cell(a.length, b.length);
}
