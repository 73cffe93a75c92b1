import type { Span } from '../span.js';

/**
 * `word`: names and words of the language. `number`: `text` without unit and underscores, `unit` is
 * the suffix attached to it. `string`: `text` is the content. `symbol`: operators and brackets. `end`: after the last.
 */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly span: Span;
  /** A word that can't be a name. */
  readonly reserved: boolean;
  /** A word of the language that stands for a value, like `true`. */
  readonly isValue?: boolean;
  /** The first token of its line. */
  readonly opensLine: boolean;
  readonly unit?: { readonly text: string; readonly span: Span };
}
