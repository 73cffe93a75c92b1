import type { Code } from '../diagnostics.js';
import type { Span } from '../span.js';
import type { Token } from './token.js';

/** What stands where a name is declared and can't be one. */
export interface Misnamed {
  readonly code: Code;
  /** As the source spells it. */
  readonly text: string;
  readonly span: Span;
  /** A name that is near to it. */
  readonly instead: string;
}

/** A name with what people write in names of other languages: a digit in front, hyphens. */
const SPELLED = /[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/y;

const spelledAt = (source: string, start: number): string | undefined => {
  SPELLED.lastIndex = start;
  return SPELLED.exec(source)?.[0];
};

/** The mistake in the name at `token`; nothing if it is a name, or nothing like one. */
export function misnamed(source: string, token: Token): Misnamed | undefined {
  if (token.kind !== 'word' && token.kind !== 'number') return undefined;
  const { start } = token.span;
  const text = spelledAt(source, start) ?? '';
  const span = { start, end: start + text.length };
  if (span.end < token.span.end) return undefined;
  if (token.reserved && span.end === token.span.end) return { code: 'T0103', text, span, instead: `${text}_` };
  if (token.kind === 'word' && span.end === token.span.end) return undefined;
  const flat = text.replaceAll('-', '_');
  return { code: 'T0118', text, span, instead: token.kind === 'number' ? `n${flat}` : flat };
}

/**
 * The tokens in which what is misnamed at `from` has the name that the message offers, there and wherever it is used
 * further on, so that one mistake gives one message.
 */
export function renamed(tokens: readonly Token[], from: number, wrong: Misnamed, source: string): Token[] {
  const result = tokens.slice(0, from);
  let end = 0;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const { start } = token.span;
    if (start < end) continue;
    const here =
      (token.kind === 'word' || token.kind === 'number') &&
      source.startsWith(wrong.text, start) &&
      spelledAt(source, start) === wrong.text &&
      (i === from || !token.reserved || standsForValue(tokens, i));
    if (!here) result.push(token);
    else {
      end = start + wrong.text.length;
      const { opensLine } = token;
      result.push({ kind: 'word', text: wrong.instead, span: { start, end }, reserved: false, opensLine });
    }
  }
  return result;
}

/** Symbols behind which a statement or block begins or goes on; behind all others stands a value. */
const BEFORE_STATEMENT = new Set(['{', '}', ';', ')', ']', '=>']);
/** Symbols that may follow a word which opens something; all others go on with a value. */
const BEHIND_OPENER = new Set(['{', '}', ';', '(', '-', '!', '~']);

/** True if a reserved word stands where it can't open anything: somebody uses it as a name. */
function standsForValue(tokens: readonly Token[], at: number): boolean {
  const [token, before, next, after] = [tokens[at], tokens[at - 1], tokens[at + 1], tokens[at + 2]];
  if (!token || token.isValue) return false;
  if (before?.kind === 'symbol' && !token.opensLine && !BEFORE_STATEMENT.has(before.text)) return true;
  if (next?.kind !== 'symbol' || next.opensLine) return false;
  return !BEHIND_OPENER.has(next.text) || (next.text === '(' && after?.text === ')');
}
