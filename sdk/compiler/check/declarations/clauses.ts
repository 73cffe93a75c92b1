import { kinds, limits } from '../../../../hal/contract/index.js';
import type { KindName } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { PLAIN, unit } from '../../units.js';
import type { Context } from '../context.js';
import { constant } from '../expressions/index.js';
import type { Value } from '../program.js';
import { scalarType } from '../types.js';

/** How a word of a `use`, `publish`, `subscribe` or `every` sets fields of the contract's row. */
interface Option {
  readonly word: string;
  /** Fields that it sets: one, or the two ends of a range. */
  readonly fields: readonly string[];
  /** Unit of the number. */
  readonly unit?: string;
  readonly scalar?: 'i32' | 'f32';
  /** Words that stand for numbers. */
  readonly words?: Readonly<Record<string, number>>;
  /** `board.NAME`, kept as a text. */
  readonly resource?: boolean;
  readonly low?: number;
  readonly high?: number;
  /** An example for the message that it is missing. */
  readonly example?: string;
}

const active: Option = { word: 'active', fields: ['active'], words: { high: 0, low: 1 } };
const hold = { hold: -1 };

/** Options in the brackets of a resource. */
export const resourceOptions: Readonly<Partial<Record<KindName, readonly Option[]>>> = {
  'gpio.out': [active],
  'gpio.in': [
    { word: 'pull', fields: ['pull'], words: { none: 0, up: 1, down: 2 } },
    active,
    { word: 'debounce', fields: ['debounce'], unit: 'us', low: 0, high: 10_000_000 },
  ],
};

/** Words behind a declaration. `example`: it must be there. */
export const wordOptions: Readonly<Record<KindName, readonly Option[]>> = {
  'gpio.out': [{ word: 'safe', fields: ['safe'], words: { low: 0, high: 1, hold: 2 } }],
  'gpio.in': [],
  'pwm.pulse': [
    { word: 'at', fields: ['frequency'], unit: 'Hz', low: 1, high: 1_000_000 },
    { word: 'safe', fields: ['safe'], unit: 'us', words: hold, low: 0, high: 1_000_000, example: 'safe 1500us' },
    { word: 'in', fields: ['min', 'max'], unit: 'us', low: 0, high: 1_000_000 },
  ],
  'pwm.duty': [
    { word: 'at', fields: ['frequency'], unit: 'Hz', low: 1, high: 1_000_000 },
    {
      word: 'safe',
      fields: ['safe'],
      unit: 'pct',
      scalar: 'f32',
      words: hold,
      low: 0,
      high: 100,
      example: 'safe 0pct',
    },
    { word: 'max', fields: ['max'], unit: 'pct', scalar: 'f32', low: 0, high: 100 },
  ],
  adc: [],
  i2c: [
    { word: 'at', fields: ['address'], low: 0x08, high: 0x77, example: 'at 0x48' },
    { word: 'max', fields: ['speed'], unit: 'kHz', low: 1, high: 5000 },
  ],
  spi: [
    { word: 'select', fields: ['select'], resource: true, example: 'select board.PA4' },
    { word: 'max', fields: ['speed'], unit: 'kHz', low: 1, high: 100_000 },
    { word: 'mode', fields: ['mode'], low: 0, high: 3 },
  ],
  uart: [{ word: 'at', fields: ['baud'], low: 300, high: 4_000_000 }],
  timer: [],
  publish: [{ word: 'max', fields: ['rate'], unit: 'Hz', low: 1, high: 100_000 }],
  subscribe: [{ word: 'queue', fields: ['depth'], low: 1, high: limits.queue.value }],
  param: [],
};

type Fields = Record<string, Value | string>;

/** The fields that the words of a declaration set, defaults filled in. Nothing after a report. */
export function clauseFields(
  x: Context,
  kind: KindName,
  title: string,
  clauses: readonly ast.Clause[],
  at: ast.Name,
): Fields | undefined {
  const options = wordOptions[kind];
  const fields = defaults(kind);
  let broken = false;
  for (const clause of clauses) {
    const option = find(
      x,
      options,
      clause.word,
      clauses.map((each) => each.word),
    );
    if (!option || !apply(x, option, clause.values, clause.span, fields)) broken = true;
  }
  for (const option of options) {
    if (option.example === undefined || clauses.some((clause) => clause.word.text === option.word)) continue;
    const safe = option.word === 'safe';
    x.bag.report(
      safe ? 'T0211' : 'T0212',
      at.span,
      { word: option.word, kind: title },
      { fix: `add \`${option.example}\`${safe ? ' or `safe hold`' : ''}` },
    );
    broken = true;
  }
  return broken ? undefined : fields;
}

/** The fields that the options of a resource set. Nothing after a report. */
export function optionFields(x: Context, kind: KindName, args: readonly ast.Argument[]): Fields | undefined {
  const fields: Fields = {};
  let broken = false;
  for (const arg of args) {
    if (!arg.name) {
      x.bag.report('T0101', arg.value.span, { what: 'the name of the option', where: '', found: 'a value' });
      broken = true;
      continue;
    }
    const option = find(
      x,
      resourceOptions[kind] ?? [],
      arg.name,
      args.map((each) => each.name),
    );
    if (!option || !apply(x, option, [arg.value], arg.value.span, fields)) broken = true;
  }
  return broken ? undefined : fields;
}

function defaults(kind: KindName): Fields {
  const fields: Fields = {};
  for (const field of kinds.find((each) => each.name === kind)?.fields ?? []) {
    if ('default' in field) fields[field.name] = field.default;
  }
  return fields;
}

/**
 * The option of a word; nothing after a report that there is none or that it was given before. `words`: all of the
 * declaration.
 */
function find(
  x: Context,
  options: readonly Option[],
  word: ast.Name,
  words: readonly (ast.Name | undefined)[],
): Option | undefined {
  const option = options.find((each) => each.word === word.text);
  const list = options.map((each) => `\`${each.word}\``).join(', ') || 'none';
  if (!option) x.bag.report('T0210', word.span, { word: word.text, options: list });
  else if (words.find((each) => each?.text === word.text) !== word) {
    x.bag.report('T0333', word.span, { argument: word.text, list });
    return undefined;
  }
  return option;
}

/** Sets the fields of one option; false after a report. */
function apply(
  x: Context,
  option: Option,
  values: readonly ast.Expression[],
  span: ast.Name['span'],
  fields: Fields,
): boolean {
  if (values.length !== option.fields.length) {
    x.bag.report('T0101', span, {
      what: option.fields.length === 2 ? '`..=` and a second value' : 'one value',
      where: ` after \`${option.word}\``,
      found: `${values.length} values`,
    });
    return false;
  }
  const found = values.map((value) => (option.resource ? resource(x, value) : one(x, option, value)));
  if (found.some((value) => value === undefined)) return false;
  const [low, high] = found;
  if (high !== undefined && low !== undefined && high < low) {
    x.bag.report('T0318', span, { step: '' }, { fix: 'put the smaller value first' });
    return false;
  }
  option.fields.forEach((field, i) => (fields[field] = found[i] as Value | string));
  return true;
}

function one(x: Context, option: Option, value: ast.Expression): Value | undefined {
  const word =
    value.kind === 'name' && option.words && Object.hasOwn(option.words, value.name.text)
      ? option.words[value.name.text]
      : undefined;
  if (word !== undefined) return word;
  const words = Object.keys(option.words ?? {});
  if (words.length > 0 && option.low === undefined) {
    x.bag.report('T0210', value.span, {
      word: value.kind === 'name' ? value.name.text : 'this',
      options: words.map((each) => `\`${each}\``).join(', '),
    });
    return undefined;
  }
  const type = scalarType(option.scalar ?? 'i32', option.unit === undefined ? PLAIN : unit(option.unit));
  const number = constant(x, value, type, `\`${option.word}\``);
  if (number === undefined) return undefined;
  const { low = 0, high = 0 } = option;
  if (number >= low && number <= high) return number;
  const shown = (n: Value): string => `${String(n)}${option.unit ?? ''}`;
  x.bag.report('T0225', value.span, {
    option: option.word,
    value: shown(number),
    range: `${shown(low)} to ${shown(high)}`,
    doc: 'the hardware takes nothing else',
  });
  return undefined;
}

/** `board.PA4` or `pin("PA4")`. */
function resource(x: Context, value: ast.Expression): string | undefined {
  const member =
    value.kind === 'member' && value.object.kind === 'name' && value.object.name.text === 'board'
      ? value.name
      : undefined;
  const first =
    value.kind === 'call' && value.callee.kind === 'name' && value.callee.name.text === 'pin'
      ? value.args[0]?.value
      : undefined;
  const name = member ?? (first?.kind === 'string' ? { text: first.value, span: first.span } : undefined);
  if (!name) {
    x.bag.report('T0111', value.span);
    return undefined;
  }
  return x.resource(name, 'gpio', 'a chip select') ? name.text : undefined;
}

/** `catchup(3)` of an `every`. */
export function catchup(x: Context, clauses: readonly ast.Clause[]): number | undefined {
  let count = 0;
  const option: Option = { word: 'catchup', fields: ['catchup'], low: 1, high: limits.queue.value };
  for (const clause of clauses) {
    const fields: Fields = {};
    if (
      !find(
        x,
        [option],
        clause.word,
        clauses.map((each) => each.word),
      ) ||
      !apply(x, option, clause.values, clause.span, fields)
    )
      return undefined;
    count = Number(fields['catchup']);
  }
  return count;
}
