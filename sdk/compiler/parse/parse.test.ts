import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../../interpreter/generate.js';
import { parse } from '../index.js';
import { renderJson, renderText } from '../render.js';
import { BLINK, build, KALMAN, SERVO, SWEEP } from '../testing/programs.js';

const sources = fc.oneof(fc.constantFrom(BLINK, KALMAN, SERVO, SWEEP), programs);

/** A source with a few stretches removed, doubled, or replaced by a fragment of the language. */
const fragments = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '=',
  'let',
  'every',
  'on',
  'if',
  'else',
  '5ms',
  '..=',
  'match',
  '=>',
  '\n',
  ';',
  'loop',
  'await',
  '🙂',
  '+|',
  '.',
  'fn',
  '//',
  ':',
];
const mutated = fc
  .tuple(
    sources,
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom('', 'again', ...fragments)), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([source, changes]) =>
    changes.reduce((text, [where, length, by]) => {
      const at = where % (text.length + 1);
      const cut = text.slice(at, at + length);
      return text.slice(0, at) + (by === 'again' ? cut + cut : by) + text.slice(at + length);
    }, source),
  );

/** Throws unless every span of a tree lies inside of the source. */
function checkSpans(node: unknown, size: number): void {
  if (typeof node !== 'object' || node === null) return;
  const span = (node as { span?: { start: number; end: number } }).span;
  if (span && !(span.start >= 0 && span.end >= span.start && span.end <= size))
    throw new Error(`span ${span.start} to ${span.end} of ${size}`);
  for (const value of Object.values(node)) checkSpans(value, size);
}

describe('the parser', () => {
  it('reads what is right without a word', () => {
    fc.assert(
      fc.property(sources, (source) => {
        expect(parse(source, 't').diagnostics).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, and all its spans are in the source', () => {
    fc.assert(
      fc.property(mutated, (source) => {
        const { tree, diagnostics } = parse(source, 't');
        checkSpans(tree, source.length);
        checkSpans(diagnostics, source.length);
      }),
      { numRuns: 1500, seed: 5 },
    );
  });

  it('the whole compiler never throws, and every mistake can be shown', () => {
    let wrong = 0;
    fc.assert(
      fc.property(mutated, (source) => {
        const { diagnostics, module } = build(source);
        expect(module === undefined).toBe(diagnostics.length > 0);
        checkSpans(diagnostics, source.length);
        expect(renderText(diagnostics, source).length > 0).toBe(diagnostics.length > 0);
        expect(
          renderJson(diagnostics, source).every((each) => each.start.line >= 1 && each.end.offset <= source.length),
        ).toBe(true);
        if (diagnostics.length > 0) wrong++;
      }),
      { numRuns: 400, seed: 6 },
    );
    expect(wrong).toBeGreaterThan(200);
  });

  it('stops at deep nesting instead of overflowing its stack', () => {
    const deep = (open: string, close: string): string =>
      `behaviour t\nvar x: i32 = ${open.repeat(5000)}1${close.repeat(5000)}\n`;
    for (const source of [deep('(', ')'), deep('-', ''), deep('i32(', ')')])
      expect(build(source).diagnostics.length).toBeGreaterThan(0);
    const blocks = `behaviour t\nevery 5ms { ${'if true { '.repeat(3000)}${'} '.repeat(3000)}}\n`;
    expect(build(blocks).diagnostics.map((each) => each.code)).toContain('T0109');
    for (const long of ['1 + '.repeat(9000) + '1', 'a' + '.b'.repeat(9000)])
      expect(build(`behaviour t\nvar x: i32 = ${long}\n`).diagnostics.length).toBeGreaterThan(0);
    const rows =
      `behaviour t\nvar x: i32 = 1\nevery 5ms { x = ` +
      `${Array.from({ length: 60 }).reduce((inner: string) => `(${inner}${' + x'.repeat(250)})`, 'x')} }\n`;
    const arms =
      `behaviour t\nvar x: i32 = 1\nevery 5ms { ${'match x { _ => '.repeat(3000)}x = 2 ` + `${'} '.repeat(3000)}}\n`;
    const calls =
      `behaviour t\nvar x: i32 = 1\nevery 5ms { x = g1999(x) ` +
      `}\n${Array.from(
        { length: 2000 },
        (_, i) => `fn g${i}(y: i32): i32 { return ` + `${i === 0 ? 'y' : `g${i - 1}(y) + 1`} }\n`,
      ).join('')}`;
    for (const source of [rows, arms, calls])
      expect(build(source).diagnostics.map((each) => each.code)).toEqual(['T0109']);
    const chain = `behaviour t\nevery 5ms { if true { }${' else if true { }'.repeat(3000)} }\n`;
    expect(build(chain).diagnostics.map((each) => each.code)).toContain('T0109');
  });
});

describe('words of the language as names', () => {
  it('words that open nothing here stay free', () => {
    const free = [
      'state',
      'step',
      'test',
      'store',
      'all',
      'after',
      'message',
      'param',
      'publish',
      'in',
      'at',
      'safe',
      'queue',
      'race',
      'retain',
      'machine',
    ];
    for (const word of free) {
      const source = `behaviour t\nvar ${word}: i32 = 1\nevery 5ms { ${word} += 1; let y = ${word} * 2 }\n`;
      expect(build(source).diagnostics, word).toEqual([]);
    }
  });
});
