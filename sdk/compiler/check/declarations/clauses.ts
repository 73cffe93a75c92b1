import { kinds, sources } from '../../../../hal/contract/index.js';
import type { Clause, Kind, KindName, ResourceType, SourceKind } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { PLAIN, unit } from '../../units.js';
import type { Context } from '../context.js';
import { constant } from '../expressions/index.js';
import type { Value } from '../program.js';
import { scalarType } from '../types.js';

/** A clause of the contract with what the fields that it sets say: unit, scalar, and words that stand for numbers. */
interface Option extends Clause {
  readonly unit?: string | undefined;
  readonly scalar: 'i32' | 'f32';
  readonly words: Readonly<Record<string, number>>;
  /** Type of the board's resource that it names, and what a mistake calls it. */
  readonly resource?: ResourceType | undefined;
  readonly title?: string | undefined;
}

type Row = Pick<Kind, 'fields' | 'clauses'>;

/** The contract's row of a kind. */
export const rowOf = (name: KindName): Kind => kinds.find((kind) => kind.name === name) as Kind;

/** Words behind a declaration, or options in the brackets of a resource. */
const optionsOf = (row: Row, brackets: boolean): readonly Option[] =>
  (row.clauses ?? [])
    .filter((clause) => (clause.brackets ?? false) === brackets)
    .map((clause) => optionOf(row, clause));

function optionOf({ fields }: Row, clause: Clause): Option {
  const field = fields.find(({ name }) => name === clause.fields[0]);
  return {
    ...clause,
    unit: field?.unit,
    scalar: field?.type === 'f32' ? 'f32' : 'i32',
    words: { ...Object.fromEntries((field?.oneOf ?? []).map((word, value) => [word, value])), ...field?.or },
    resource: field?.resource,
    title: field?.title,
  };
}

type Fields = Record<string, Value | string>;

/** The fields that the words of a declaration set, defaults filled in. Nothing after a report. */
export function clauseFields(
  x: Context,
  kind: KindName,
  title: string,
  clauses: readonly ast.Clause[],
  at: ast.Name,
): Fields | undefined {
  const options = optionsOf(rowOf(kind), false);
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
      optionsOf(rowOf(kind), true),
      arg.name,
      args.map((each) => each.name),
    );
    if (!option || !apply(x, option, [arg.value], arg.value.span, fields)) broken = true;
  }
  return broken ? undefined : fields;
}

function defaults(kind: KindName): Fields {
  const fields: Fields = {};
  for (const field of rowOf(kind).fields) {
    if (field.default !== undefined) fields[field.name] = field.default as Value | string;
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
  const found = values.map((value) => (option.resource ? resource(x, option, value) : one(x, option, value)));
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
    value.kind === 'name' && Object.hasOwn(option.words, value.name.text) ? option.words[value.name.text] : undefined;
  if (word !== undefined) return word;
  const words = Object.keys(option.words);
  if (words.length > 0 && option.min === undefined) {
    x.bag.report('T0210', value.span, {
      word: value.kind === 'name' ? value.name.text : 'this',
      options: words.map((each) => `\`${each}\``).join(', '),
    });
    return undefined;
  }
  const type = scalarType(option.scalar, option.unit === undefined ? PLAIN : unit(option.unit));
  const number = constant(x, value, type, `\`${option.word}\``);
  if (number === undefined) return undefined;
  const { min: low = 0, max: high = 0 } = option;
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
function resource(
  x: Context,
  { resource: type = 'gpio', title = type }: Option,
  value: ast.Expression,
): string | undefined {
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
  return x.resource(name, type, title) ? name.text : undefined;
}

/** `catchup(3)` of an `every`. */
export function catchup(x: Context, clauses: readonly ast.Clause[]): number | undefined {
  let count = 0;
  const every: SourceKind | undefined = sources.find(({ name }) => name === 'every');
  const options = every ? optionsOf(every, false) : [];
  for (const clause of clauses) {
    const fields: Fields = {};
    const option = find(
      x,
      options,
      clause.word,
      clauses.map((each) => each.word),
    );
    if (!option || !apply(x, option, clause.values, clause.span, fields)) return undefined;
    count = Number(fields['catchup']);
  }
  return count;
}
