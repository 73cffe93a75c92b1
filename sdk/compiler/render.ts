import type { Diagnostic } from './diagnostics.js';
import { printable } from './printable.js';
import { position } from './span.js';
import type { Span } from './span.js';

/** What a part of the text is, for colours. */
export type Role = 'error' | 'code' | 'place' | 'source' | 'mark' | 'note' | 'fix';
/** Puts a part of the text into its colour; the identity by default. */
export type Paint = (role: Role, text: string) => string;

const TAB = '  ';
/** Most columns of a line of the source. */
const MOST_COLUMNS = 160;

/** Diagnostics as a person reads them: title, place, the line with a mark, why, fix. Ends with a line end. */
export function renderText(
  diagnostics: readonly Diagnostic[],
  source: string,
  paint: Paint = (_, text) => text,
): string {
  return diagnostics.map((each) => `${one(each, source, paint).join('\n')}\n`).join('\n');
}

function one(diagnostic: Diagnostic, source: string, paint: Paint): string[] {
  const { line, column } = position(source, diagnostic.span.start);
  const margin = ' '.repeat(marginOf(diagnostic, source));
  const lines = [
    `${paint('error', 'error')} ${paint('code', diagnostic.code)}: ${printable(diagnostic.title)}`,
    `${margin}${paint('place', printable(`--> ${diagnostic.file}:${line}:${column}`))}`,
    ...excerpt(source, diagnostic.span, margin, paint, 'mark'),
  ];
  for (const note of diagnostic.notes) lines.push(...excerpt(source, note.span, margin, paint, 'note', note.text));
  lines.push(`${margin} = ${paint('note', 'why:')} ${printable(diagnostic.why)}`);
  if (diagnostic.fix !== undefined) lines.push(`${margin} = ${paint('fix', 'fix:')} ${printable(diagnostic.fix)}`);
  return lines;
}

/** Columns of the line numbers: those of the largest. */
function marginOf({ span, notes }: Diagnostic, source: string): number {
  const last = Math.max(span.start, ...notes.map((note) => note.span.start));
  return String(position(source, last).line).length;
}

/** Text of the source as it is shown; the mark below it takes as many columns. */
const shown = (text: string): string => printable(text.replaceAll('\t', TAB));

/** The line of a span with its mark below; of a span over several lines the first. */
function excerpt(
  source: string,
  span: Span,
  margin: string,
  paint: Paint,
  role: 'mark' | 'note',
  label = '',
): string[] {
  const { line, column } = position(source, span.start);
  const { text, start } = lineOf(source, span.start, column);
  const end = Math.max(start + 1, Math.min(text.length, start + span.end - span.start));
  const before = shown(text.slice(0, start));
  const width = Math.max(1, shown(text.slice(start, end)).length);
  const bar = `${margin} |`;
  const mark = (role === 'mark' ? '^' : '-').repeat(width);
  return [
    ...(role === 'mark' ? [bar] : []),
    `${String(line).padStart(margin.length)} | ${paint('source', shown(text))}`,
    `${bar} ${' '.repeat(before.length)}${paint(role, label ? `${mark} ${label}` : mark)}`,
  ];
}

/** The line that holds `offset`, and where in it that is; of a long line what stands around the offset. */
function lineOf(source: string, offset: number, column: number): { text: string; start: number } {
  const begin = offset - (column - 1);
  const end = source.indexOf('\n', offset);
  const text = source.slice(begin, end < 0 ? source.length : end).replace(/\r$/, '');
  if (text.length <= MOST_COLUMNS) return { text, start: column - 1 };
  const from = Math.max(0, Math.min(column - 1 - MOST_COLUMNS / 2, text.length - MOST_COLUMNS));
  const to = from + MOST_COLUMNS;
  const cut = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  return { text: cut, start: column - 1 - from + (from > 0 ? 1 : 0) };
}

/** A diagnostic as data for other programs; lines and columns count from 1, offsets from 0 in UTF-16 units. */
export interface JsonDiagnostic {
  readonly code: string;
  readonly file: string;
  readonly start: JsonPlace;
  readonly end: JsonPlace;
  readonly title: string;
  readonly why: string;
  readonly fix?: string;
  readonly edit?: { readonly start: JsonPlace; readonly end: JsonPlace; readonly text: string };
  readonly notes: readonly { readonly start: JsonPlace; readonly end: JsonPlace; readonly text: string }[];
}

export interface JsonPlace {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Diagnostics as data. */
export function renderJson(diagnostics: readonly Diagnostic[], source: string): JsonDiagnostic[] {
  const place = (offset: number): JsonPlace => ({ ...position(source, offset), offset });
  const range = (span: Span): { start: JsonPlace; end: JsonPlace } => ({
    start: place(span.start),
    end: place(span.end),
  });
  return diagnostics.map(({ code, file, span, title, why, fix, edit, notes }) => ({
    code,
    file,
    ...range(span),
    title,
    why,
    ...(fix !== undefined && { fix }),
    ...(edit && { edit: { ...range(edit.span), text: edit.text } }),
    notes: notes.map((note) => ({ ...range(note.span), text: note.text })),
  }));
}
