import type { Bag } from '../diagnostics.js';
import type { Token } from './token.js';
import { words } from './words.js';

/** Longest first: the first that fits is taken. */
const symbols = [
  '+|=',
  '-|=',
  '..=',
  '<<=',
  '>>=',
  '=>',
  '->',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<<',
  '>>',
  '+|',
  '-|',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '..',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ',',
  ';',
  ':',
  '.',
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '!',
  '~',
  '<',
  '>',
] as const;

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const RADIX = /0[xX][0-9A-Za-z_]*|0[bB][0-9A-Za-z_]*/y;
const DECIMAL = /[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?/y;
const BLANK = /[ \t\r\n]+|\/\/[^\n]*/y;

/** Reads one source into tokens; the last one has the kind `end`. Reports what is no token and goes on behind it. */
export class Lexer {
  private at = 0;
  private opensLine = true;
  private readonly tokens: Token[] = [];

  constructor(
    private readonly source: string,
    private readonly bag: Bag,
  ) {}

  run(): Token[] {
    if (this.source.startsWith('\ufeff')) this.at = 1;
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.source.length) break;
      this.token();
      this.opensLine = false;
    }
    this.push('end', '', this.at);
    return this.tokens;
  }

  private skipBlanks(): void {
    for (let blank = this.match(BLANK); blank !== undefined; blank = this.match(BLANK)) {
      if (blank.includes('\n')) this.opensLine = true;
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private push(kind: Token['kind'], text: string, start: number, unit?: Token['unit']): void {
    const end = unit ? unit.span.end : this.at;
    const word = kind === 'word' ? words.get(text) : undefined;
    const [reserved, isValue] = [word?.reserved === true, word?.role === 'value'];
    const { opensLine } = this;
    this.tokens.push({ kind, text, span: { start, end }, reserved, isValue, opensLine, ...(unit && { unit }) });
  }

  private token(): void {
    const start = this.at;
    const first = this.source[start] ?? '';
    if (first >= '0' && first <= '9') return this.number(start);
    if (first === '"') return this.text(start);
    const word = this.match(WORD);
    if (word !== undefined) return this.push('word', word, start);
    const symbol = symbols.find((candidate) => this.source.startsWith(candidate, start));
    if (symbol !== undefined) {
      this.at += symbol.length;
      return this.push('symbol', symbol, start);
    }
    this.at += (this.source.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
    this.bag.report('T0001', { start, end: this.at }, { found: this.source.slice(start, this.at) });
  }

  private number(start: number): void {
    const radix = this.match(RADIX);
    if (radix !== undefined) {
      const digits = radix.replaceAll('_', '');
      const good = digits.length <= 40 && /^0[xX][0-9a-fA-F]+$|^0[bB][01]+$/.test(digits);
      if (!good) this.bag.report('T0002', { start, end: this.at }, { found: radix });
      return this.push('number', good ? digits.toLowerCase() : '0', start);
    }
    const digits = (this.match(DECIMAL) ?? '0').replaceAll('_', '');
    const suffix = this.at;
    const unit = this.match(WORD);
    // 20 digits reach beyond i64 and the exponent beyond f32; more would only cost time.
    const good = digits.length <= 40 && Math.abs(Number(digits.toLowerCase().split('e')[1] ?? 0)) <= 60;
    if (!good) this.bag.report('T0002', { start, end: this.at }, { found: digits });
    this.push(
      'number',
      good ? digits : '0',
      start,
      unit === undefined ? undefined : { text: unit, span: { start: suffix, end: this.at } },
    );
  }

  private text(start: number): void {
    let end = start + 1;
    while (end < this.source.length && this.source[end] !== '"' && this.source[end] !== '\n') end++;
    const closed = this.source[end] === '"';
    this.at = closed ? end + 1 : end;
    if (!closed) this.bag.report('T0003', { start, end });
    const content = this.source.slice(start + 1, end).replace(/\r$/, '');
    if (content.includes('\\')) this.bag.report('T0004', { start, end: this.at });
    this.push('string', content, start);
  }
}
