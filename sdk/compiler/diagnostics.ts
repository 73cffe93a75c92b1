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

/** Most mistakes that one run describes; the others are counted. */
export const MOST_DIAGNOSTICS = 100;
/** Most characters of the source that a message repeats, and most of a fix. */
const MOST_WORD = 200;
const MOST_FIX = 400;
/** Most other places that a diagnostic shows. */
const MOST_NOTES = 8;

/** Collects the mistakes of one run: the first are described, all are counted, and both take linear time. */
export class Bag {
  readonly list: Diagnostic[] = [];
  private readonly places = new Set<string>();

  constructor(readonly file: string) {}

  /** Fills the row of `code` with `values`. One place is reported once: what comes second there is a consequence. */
  report(code: Code, span: Span, values: Readonly<Record<string, string | number>> = {}, extra: Extra = {}): void {
    const place = `${span.start}:${span.end}`;
    if (this.places.has(place)) return;
    this.places.add(place);
    if (!this.full) this.list.push(this.diagnostic(code, span, values, extra));
  }

  /** True if another mistake would only be counted: what would help to describe it need not be found. */
  get full(): boolean {
    return this.list.length >= MOST_DIAGNOSTICS;
  }

  /** The candidate nearest to `word`, for a fix. */
  nearest(word: string, candidates: Iterable<string>): string | undefined {
    return this.full ? undefined : nearest(word, candidates);
  }

  /** In order of the source; at the end how many more there are. */
  sorted(): Diagnostic[] {
    const found = [...this.list].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
    const count = this.places.size - found.length;
    const end = found.at(-1)?.span.end ?? 0;
    return count === 0 ? found : [...found, this.diagnostic('T0508', { start: end, end }, { count }, {})];
  }

  private diagnostic(
    code: Code,
    span: Span,
    values: Readonly<Record<string, string | number>>,
    extra: Extra,
  ): Diagnostic {
    const row: { readonly title: string; readonly why: string; readonly fix?: string } = rows[code];
    const fill = (text: string): string =>
      text.replace(/\{(\w+)\}/g, (whole, name: string) => shorten(String(values[name] ?? whole), MOST_WORD));
    const fix = extra.fix ?? (row.fix === undefined ? undefined : fill(row.fix));
    return {
      code,
      file: this.file,
      span,
      title: fill(row.title),
      why: fill(row.why),
      notes: (extra.notes ?? []).slice(0, MOST_NOTES),
      ...(fix !== undefined && { fix: shorten(fix, MOST_FIX) }),
      ...(extra.edit && { edit: extra.edit }),
    };
  }
}

/** A text of at most so many characters, of which the last then shows that it was longer. */
const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Longest word that is compared with others, and most others: the comparison takes their product. */
const LONGEST_WORD = 64;
const MOST_CANDIDATES = 1000;

/** The candidate nearest to `word` if it is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor((word.length + 1) / 3) + 1;
  let left = MOST_CANDIDATES;
  for (const candidate of candidates) {
    if (word.length > LONGEST_WORD || left-- === 0) return best;
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** Edits between two words; two neighbours swapped count once. Of the table of all beginnings three rows are kept. */
function distance(a: string, b: string): number {
  const at = (cells: readonly number[], column: number): number => cells[column] ?? 0;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(older, j - 2) + 1);
      row.push(least);
    }
    [older, old] = [old, row];
  }
  return old[b.length] ?? 0;
}
