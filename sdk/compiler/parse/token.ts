import type { Span } from '../span.js';

/**
 * `word`: identifiers and keywords, told apart by the parser. `number`: `text` without unit and underscores, `unit` is
 * the suffix attached to it. `string`: `text` is the content. `symbol`: operators and brackets. `end`: after the last.
 */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly span: Span;
  /** The first token of its line. */
  readonly opensLine: boolean;
  readonly unit?: { readonly text: string; readonly span: Span };
}

/** Words that can't be names, because a statement or an expression is recognised by them alone. */
export const reserved: ReadonlySet<string> = new Set([
  'await',
  'behaviour',
  'board',
  'const',
  'continue',
  'else',
  'every',
  'false',
  'fn',
  'for',
  'if',
  'let',
  'log',
  'loop',
  'match',
  'on',
  'return',
  'sleep',
  'true',
  'use',
  'var',
]);
