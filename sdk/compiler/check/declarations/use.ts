import { kinds } from '../../../../hal/contract/index.js';
import type { KindName } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import type { Handle } from '../program.js';
import { clauseFields, optionFields, rowOf } from './clauses.js';

/** Kinds that `use` makes; topics and parameters have declarations of their own. */
const usable = kinds.filter((kind) => kind.role !== 'topic' && kind.role !== 'parameter');

/** `use led: gpio.out = board.LED safe low`. */
export function use(x: Context, node: ast.UseDeclaration): void {
  const handle = make(x, node);
  if (handle) x.handles.push(handle);
  x.declare(node.name, handle ? { kind: 'handle', handle } : { kind: 'broken' });
}

function make(x: Context, node: ast.UseDeclaration): Handle | undefined {
  const kind = resolveKind(x, node.handle);
  if (!kind) return undefined;
  const row = { number: x.handles.length, name: node.name.text, kind: kind.name, span: node.name.span };
  const words = clauseFields(x, kind.name, kind.name, node.clauses, node.name);
  if (kind.role === 'timer') return timer(x, node, row, words !== undefined);
  if (!node.resource) {
    x.bag.report(
      'T0212',
      node.handle.span,
      { word: '= board.NAME', kind: kind.name },
      { fix: 'say which: `= board.NAME`' },
    );
    return undefined;
  }
  const { name } = node.resource;
  const options = optionFields(x, kind.name, node.resource.options);
  const type = rowOf(kind.name).fields[0]?.resource ?? '';
  const exists = name.text !== '' && x.resource(name, type, kind.name);
  if (!exists || !words || !options) return undefined;
  const handle: Handle = { ...row, fields: { ...words, ...options, name: name.text } };
  if (!clockFits(x, node, handle) || !periodFits(x, node, handle) || !rangesFit(x, node, handle)) return undefined;
  return claims(x, handle, name) ? handle : undefined;
}

function resolveKind(x: Context, name: ast.Name): Pick<(typeof usable)[number], 'name' | 'role'> | undefined {
  const kind = usable.find((each) => each.name === name.text);
  if (kind || name.text === '') return kind;
  const names = usable.map((each) => each.name);
  const near =
    x.bag.nearest(name.text, names) ??
    names.find((each) => each.startsWith(name.text) || each.endsWith(`.${name.text}`));
  x.bag.report(
    'T0206',
    name.span,
    { kind: name.text, kinds: names.join(', ') },
    near === undefined ? {} : { fix: `did you mean \`${near}\`?`, edit: { span: name.span, text: near } },
  );
  return undefined;
}

function timer(x: Context, node: ast.UseDeclaration, row: Omit<Handle, 'fields'>, good: boolean): Handle | undefined {
  if (node.resource) {
    x.bag.report(
      'T0210',
      node.resource.span,
      { word: '= …', options: 'nothing: a timer is no resource of the board' },
      { fix: `write \`use ${node.name.text}: timer\`` },
    );
    return undefined;
  }
  if (!good) return undefined;
  const made = x.timer(node.name.text);
  return { ...row, fields: { timer: made.id }, timer: made };
}

/** What was written behind the word that sets a field; nothing if it was left out. */
function clauseOf(node: ast.UseDeclaration, kind: KindName, field: string): ast.Clause | undefined {
  const word = rowOf(kind).clauses?.find(({ fields }) => fields.includes(field))?.word;
  return node.clauses.find((each) => each.word.text === word);
}

/** The bus of the board must reach the declared clock. */
function clockFits(x: Context, node: ast.UseDeclaration, { kind, fields }: Handle): boolean {
  const most = x.board.resources[String(fields['name'])]?.maxKHz;
  const clock = rowOf(kind).fields.find((field) => field.clock);
  const clause = clock && clauseOf(node, kind, clock.name);
  if (most === undefined || !clause || Number(fields[clock.name]) <= most) return true;
  x.bag.report('T0225', clause.span, {
    option: clause.word.text,
    value: `${String(fields[clock.name])}${clock.unit ?? ''}`,
    range: `at most ${most}${clock.unit ?? ''}`,
    doc: `${String(fields['name'])} of board ${x.board.name} is no faster`,
  });
  return false;
}

/** A time is not longer than a period of the frequency beside it. Of both the time is blamed, if it was written. */
function periodFits(x: Context, node: ast.UseDeclaration, { kind, fields }: Handle): boolean {
  for (const { name, inPeriodOf, unit = '' } of rowOf(kind).fields) {
    if (inPeriodOf === undefined) continue;
    const [time, frequency] = [Number(fields[name]), Number(fields[inPeriodOf])];
    const said = clauseOf(node, kind, name);
    const blamed = said ?? clauseOf(node, kind, inPeriodOf);
    if (time * frequency <= 1_000_000 || !blamed) continue;
    const [longest, highest] = [`${Math.floor(1_000_000 / frequency)}${unit}`, `${Math.floor(1_000_000 / time)}Hz`];
    x.bag.report('T0225', blamed.span, {
      option: blamed.word.text,
      value: said ? `${time}${unit}` : `${frequency}Hz`,
      range: `at most ${said ? longest : highest}`,
      doc: said ? `a period at ${frequency}Hz is no longer` : `${name} is ${time}${unit} and fits no shorter period`,
    });
    return false;
  }
  return true;
}

/** A value that must be between other fields of its row, such as a safe one, is; or it is one of the words beside. */
function rangesFit(x: Context, node: ast.UseDeclaration, { kind, fields }: Handle): boolean {
  for (const { name, within, or = {}, unit = '' } of rowOf(kind).fields) {
    const clause = clauseOf(node, kind, name);
    if (!within || !clause) continue;
    const value = Number(fields[name]);
    const [low, high] = within.map((end) => Number(typeof end === 'string' ? fields[end] : end)) as [number, number];
    if (Object.values(or).includes(value) || (value >= low && value <= high)) continue;
    x.bag.report('T0225', clause.span, {
      option: clause.word.text,
      value: `${value}${unit}`,
      range: `${low}${unit} to ${high}${unit}`,
      doc: `the ${clause.word.text} value is one of the declared range`,
    });
    return false;
  }
  return true;
}

/** One output, chip select or bus address has one handle. Inputs may be shared with inputs. */
function claims(x: Context, handle: Handle, name: ast.Name): boolean {
  for (const other of x.handles) {
    const notes = [{ span: other.span, text: 'declared here' }];
    if (sameDevice(handle, other)) {
      const address = addressOf(handle);
      x.bag.report('T0224', name.span, { name: handle.name, address, bus: name.text, other: other.name }, { notes });
      return false;
    }
    const shared = placesOf(handle).find((place) =>
      placesOf(other).some((its) => its.name === place.name && (place.drives || its.drives)),
    );
    if (shared !== undefined) {
      x.bag.report('T0205', name.span, { name: shared.name, other: other.name }, { notes });
      return false;
    }
  }
  return true;
}

function sameDevice(a: Handle, b: Handle): boolean {
  const { exclusive, identity } = rowOf(a.kind);
  return a.kind === b.kind && exclusive === true && identity.every((field) => a.fields[field] === b.fields[field]);
}

/** What tells a device from the others of its bus. */
function addressOf({ kind, fields }: Handle): string {
  const address = fields[rowOf(kind).identity[1] ?? ''];
  return typeof address === 'string' ? address : `0x${Number(address).toString(16)}`;
}

/** The board's resources that a handle uses, and whether it drives them: as an output or as a chip select. */
const placesOf = ({ kind, fields }: Handle): { readonly name: string; readonly drives: boolean }[] =>
  rowOf(kind).fields.flatMap(({ name, resource, drives = false }) =>
    resource === undefined ? [] : [{ name: String(fields[name]), drives }],
  );
