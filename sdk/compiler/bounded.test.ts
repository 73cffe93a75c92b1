/** What hostile and broken sources cost: time grows with their length, and what is said about them stays short. */
import { expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { runs } from '../testing/figures.js';
import { MOST_DIAGNOSTICS, nearest } from './diagnostics.js';
import { compile, MOST_SOURCE } from './index.js';
import { renderJson, renderText } from './render.js';

const SIZE = runs({ full: MOST_SOURCE - 400, short: 24_576 });
/** A quadratic step costs tens of seconds at the shorter size, a linear one a tenth of a second. */
const MOST_MS = runs({ full: 40_000, short: 8000 });
const MOST_TEXT = 100_000;

const HEAD = 'behaviour t\nuse led: gpio.out = board.LED\nuse b: gpio.in = board.BUTTON\n';
const inTick = (body: string): string => `${HEAD}var x: i32 = 0\nevery 5ms {\n${body}\n}\n`;

/** Parts one after the other up to the size. */
function many(part: (index: number) => string): string {
  const parts: string[] = [];
  for (let size = 0; size < SIZE; size += (parts.at(-1) ?? ' ').length) parts.push(part(parts.length));
  return parts.join('');
}

/** Characters from a range, the same in every run. */
function noise(low: number, high: number): string {
  let state = 1;
  return many(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(low + ((state >>> 8) % (high - low)));
  });
}

const sources: Readonly<Record<string, () => string>> = {
  'bytes of noise': () => noise(0, 256),
  'printable noise': () => noise(32, 127),
  'characters that mean nothing, on one line': () => many(() => '§'),
  'characters that mean nothing, one a line': () => many(() => '§\n'),
  'closing brackets': () => HEAD + many(() => '}\n'),
  'open texts': () => many(() => '"\n'),
  'open blocks': () => HEAD + many(() => 'every 5ms {'),
  'unknown names': () => inTick(many((i) => `nope${i}(1)\n`)),
  'unknown resources': () => HEAD + many((i) => `use u${i}: gpio.out = board.PX${i}\n`),
  'two long names that are alike': () =>
    `${HEAD}var ${many(() => 'a')}b: i32 = 0\nevery 5ms { ${many(() => 'a')}c += 1 }`,
  'a long number': () => `${HEAD}const X = ${many(() => '1')}\n`,
  'a long text': () => inTick(`log "${many(() => 'a')}"`),
  'a name that is declared again and again': () => HEAD + many(() => 'var v: i32 = 0\n'),
  'a unit of many factors': () => `${HEAD}var y: f32 ${many(() => 'm*')}m = 0\n`,
  'many periods': () => HEAD + many(() => 'every 5ms { }\n'),
  'many events': () => HEAD + many(() => 'on b.press { led.toggle() }\n'),
  'many topics': () => `${HEAD}message M { v: f32 }\n${many((i) => `publish m${i}: M = "t${i}"\n`)}`,
  'many fields': () => `${HEAD}message M {\n${many((i) => `f${i}: f32,\n`)}}\n`,
  'many arms': () => inTick(`match x {\n${many((i) => `${i} => { led.toggle() }\n`)}_ => { } }`),
  'arms of one value': () => inTick(`match x {\n${many(() => '1 => { }\n')}_ => { } }`),
  'many statements at the start': () => HEAD + many(() => 'led.toggle()\n'),
  'open parentheses': () => inTick(`x = ${many(() => '(')}1`),
};

/** The first test: where it fails, the one of long names below takes minutes. */
it('compares no long word with others, and no word with very many', () => {
  const alike = (length: number): string | undefined => nearest('a'.repeat(length), [`${'a'.repeat(length - 1)}b`]);
  expect([alike(64)?.length, alike(65)]).toEqual([64, undefined]);
  const others = (count: number): string[] => [...Array<string>(count).fill('elsewhere'), 'nearer'];
  expect([nearest('nearest', others(999)), nearest('nearest', others(1000))]).toEqual(['nearer', undefined]);
});

it.each(Object.entries(sources))('%s', (_, make) => {
  const source = make();
  const start = performance.now();
  const { diagnostics } = compile(source, { file: 't.tars', board: virtual });
  const text = renderText(diagnostics, source);
  const json = JSON.stringify(renderJson(diagnostics, source));
  expect(performance.now() - start).toBeLessThan(MOST_MS);
  expect(diagnostics.length).toBeLessThanOrEqual(MOST_DIAGNOSTICS + 1);
  expect(text.length).toBeLessThan(MOST_TEXT);
  expect(json.length).toBeLessThan(MOST_TEXT);
});

it('counts the mistakes that it does not describe', () => {
  const { diagnostics } = compile(`${HEAD}${'§\n'.repeat(MOST_DIAGNOSTICS + 17)}`, { file: 't.tars', board: virtual });
  expect(diagnostics).toHaveLength(MOST_DIAGNOSTICS + 1);
  expect(diagnostics.at(-1)).toMatchObject({ code: 'T0508', title: '17 more mistakes are not shown' });
});

it('repeats only the beginning of a long word', () => {
  const name = 'a'.repeat(10_000);
  const { diagnostics } = compile(inTick(`${name} += 1`), { file: 't.tars', board: virtual });
  expect(diagnostics.map(({ title }) => title)).toEqual([`there is no \`${'a'.repeat(199)}…\``]);
});

it('shows few of the places on a long way', () => {
  const sometimes = 'if x > 0 { sleep 5ms }\n'.repeat(100);
  const { diagnostics } = compile(`${HEAD}var x: i32 = 0\nloop {\n${sometimes}}\n`, { file: 't.tars', board: virtual });
  expect(diagnostics.map(({ code, notes }) => [code, notes.length])).toEqual([['T0402', 8]]);
});

it('does not begin with a source that no board could take', () => {
  const source = `${HEAD}${'// a comment\n'.repeat(MOST_SOURCE / 12)}`;
  expect(compile(source, { file: 't.tars', board: virtual }).diagnostics.map(({ code }) => code)).toContain('T0509');
});

it('shows of a long line what stands around the mistake', () => {
  const source = `${HEAD}every 5ms { ${'led.toggle(); '.repeat(40)}nope(); ${'led.toggle(); '.repeat(40)} }\n`;
  const lines = renderText(compile(source, { file: 't.tars', board: virtual }).diagnostics, source).split('\n');
  const [, , , excerpt = '', mark = ''] = lines;
  expect(excerpt.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('nope');
  expect(excerpt).toMatch(/^4 \| ….*…$/);
});
