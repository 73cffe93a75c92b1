import type { Bag, Code, Extra } from '../diagnostics.js';
import { join } from '../span.js';
import type { Span } from '../span.js';
import type { Name } from './ast.js';
import { misnamed, renamed } from './misnamed.js';
import type { Token } from './token.js';

/** Deepest nesting of blocks, `else if` included: keeps the compiler's own stack small. */
const MAX_BLOCKS = 64;
/** Most names that are read as others: each costs a pass over the tokens. */
const MAX_RENAMES = 100;

/**
 * The place in the tokens, and recovery. After a report nothing more is reported until the next statement begins
 * (`settle`), so that one mistake gives one message.
 */
export class Cursor {
  private at = 0;
  private panic = false;
  /** Open parentheses: within them a line end means nothing. */
  private parens = 0;
  private beginning = -1;
  private blocks = 0;
  private renames = 0;
  /** Operators, members and calls on the deepest way into the expression that was read last. */
  height = 0;

  constructor(
    private tokens: Token[],
    private readonly bag: Bag,
    private readonly source: string,
  ) {}

  /** The next token, or one further ahead. */
  peek(ahead = 0): Token {
    return (this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] ?? this.tokens.at(-1)) as Token;
  }

  /** The token before the next one; the first token at the beginning. */
  last(): Token {
    return this.tokens[Math.max(0, this.at - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  get index(): number {
    return this.at;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'symbol' || token.kind === 'word');
  }

  isKind(kind: Token['kind'], ahead = 0): boolean {
    return this.peek(ahead).kind === kind;
  }

  /** True if the next token goes on with the same statement: same line, inside parentheses, or where one begins. */
  continues(): boolean {
    return this.parens > 0 || !this.peek().opensLine || this.at === this.beginning;
  }

  /** Runs `body` where an expression may begin a line. */
  opening<T>(body: () => T): T {
    this.beginning = this.at;
    return body();
  }

  /** Column of the next token, from 0. */
  column(): number {
    const { start } = this.peek().span;
    return start - (this.source.lastIndexOf('\n', start - 1) + 1);
  }

  /** A word that may be a name. */
  isName(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && !token.reserved;
  }

  eat(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }

  /** Takes `text` or reports that it is missing. */
  expect(text: string, where: string): boolean {
    if (this.eat(text)) return true;
    this.missing(`\`${text}\``, where);
    return false;
  }

  /** Takes a name; a reserved word or anything else is reported and stands as an empty name. */
  name(what: string): Name {
    const token = this.peek();
    if (this.isName()) {
      this.take();
      return { text: token.text, span: token.span };
    }
    if (token.kind === 'word' && !token.opensLine) {
      this.report('T0103', token.span, { word: token.text });
      this.take();
    } else this.missing(what, '');
    return { text: '', span: token.span };
  }

  /** Takes a name that is declared here. What can't be one is reported, and read as the name that is offered. */
  newName(what: string): Name {
    const wrong = this.continues() ? misnamed(this.source, this.peek()) : undefined;
    if (!wrong || this.renames >= MAX_RENAMES) return this.name(what);
    this.renames++;
    this.report(wrong.code, wrong.span, { word: wrong.text, instead: wrong.instead });
    this.tokens = renamed(this.tokens, this.at, wrong, this.source);
    return this.name(what);
  }

  /** Reads the next token as the word of the language that was meant. */
  meant(text: string, reserved: boolean): void {
    this.tokens[this.at] = { ...this.peek(), text, reserved };
  }

  /** `open`, items separated by commas (line ends are free), `close`. */
  list(open: string, close: string, where: string, item: () => void): void {
    if (!this.expect(open, where)) return;
    this.parens++;
    while (!this.is(close) && !this.isKind('end')) {
      const before = this.at;
      item();
      if (this.is(close)) break;
      if (!this.eat(',') && !this.peek().opensLine) {
        this.missing(`\`,\` or \`${close}\``, where);
        break;
      }
      if (this.at === before) break;
    }
    this.parens--;
    this.expect(close, where);
  }

  /** Runs `body` with line ends meaning nothing (inside brackets) or something again (inside a block). */
  within<T>(brackets: boolean, body: () => T): T {
    const outer = this.parens;
    this.parens = brackets ? outer + 1 : 0;
    const result = body();
    this.parens = outer;
    return result;
  }

  /** Runs `body` one block deeper; past the limit it reports and skips the block instead. */
  deeper<T>(body: () => T, otherwise: () => T): T {
    if (this.blocks >= MAX_BLOCKS) {
      this.report('T0109', this.peek().span, { what: 'block', most: MAX_BLOCKS });
      this.skipStatement();
      return otherwise();
    }
    this.blocks++;
    const result = body();
    this.blocks--;
    return result;
  }

  /** Reports that `what` is missing before the next token, unless a report is pending. */
  missing(what: string, where: string): void {
    const token = this.peek();
    // At a line end the mistake is behind the last token, not on the next line.
    const span =
      token.opensLine || token.kind === 'end' ? { start: this.last().span.end, end: this.last().span.end } : token.span;
    const found =
      token.kind === 'end' ? 'the end of the file' : token.opensLine ? 'the end of the line' : this.describe(token);
    this.report('T0101', span, { what, where: where && ` ${where}`, found });
  }

  report(code: Code, span: Span, values: Readonly<Record<string, string | number>> = {}, extra: Extra = {}): void {
    if (!this.panic) this.bag.report(code, span, values, extra);
    this.panic = true;
  }

  /** Forgets that something was reported: what follows is a new statement. */
  settle(): void {
    this.panic = false;
  }

  /** True if a text without end was met: what follows on its line is part of it. */
  get lostText(): boolean {
    return this.bag.list.some((each) => each.code === 'T0003');
  }

  get panicking(): boolean {
    return this.panic;
  }

  /** Goes to the end of the statement that could not be read: the end of its line, behind a block that began on it. */
  skipStatement(): void {
    let depth = 0;
    while (!this.isKind('end')) {
      if (depth === 0 && (this.is('}') || this.is(';') || this.peek().opensLine)) return;
      if (this.is('{') || this.is('(')) depth++;
      if (this.is('}') || this.is(')')) depth = Math.max(0, depth - 1);
      this.take();
    }
  }

  describe(token: Token): string {
    return token.kind === 'string' ? 'a text' : `\`${token.text}${token.unit?.text ?? ''}\``;
  }

  /** From `start` to the last token taken. */
  since(start: Span): Span {
    return join(start, this.last().span);
  }
}
