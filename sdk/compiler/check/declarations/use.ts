import { kinds } from '../../../../hal/contract/index.js';
import type { KindName } from '../../../../hal/contract/index.js';
import { nearest } from '../../diagnostics.js';
import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import type { Handle } from '../program.js';
import { clauseFields, optionFields } from './clauses.js';

/** Kinds that `use` makes; topics and parameters have declarations of their own. */
const usable = kinds.filter((kind) => !['publish', 'subscribe', 'param'].includes(kind.name));

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
  if (kind.name === 'timer') return timer(x, node, row, words !== undefined);
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
  const exists = name.text !== '' && x.resource(name, kind.name.split('.')[0] ?? '', kind.name);
  if (!exists || !words || !options) return undefined;
  const handle: Handle = { ...row, fields: { ...words, ...options, name: name.text } };
  if (!speedFits(x, node, handle) || !safeFits(x, node, handle)) return undefined;
  return claims(x, handle, name) ? handle : undefined;
}

function resolveKind(x: Context, name: ast.Name): { name: KindName } | undefined {
  const kind = usable.find((each) => each.name === name.text);
  if (kind || name.text === '') return kind;
  const names = usable.map((each) => each.name);
  const near =
    nearest(name.text, names) ?? names.find((each) => each.startsWith(name.text) || each.endsWith(`.${name.text}`));
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

/** The bus of the board must reach the declared clock. */
function speedFits(x: Context, node: ast.UseDeclaration, handle: Handle): boolean {
  const most = x.board.resources[String(handle.fields['name'])]?.maxKHz;
  const clause = node.clauses.find((each) => each.word.text === 'max');
  if (
    most === undefined ||
    !clause ||
    Number(handle.fields['speed']) <= most ||
    (handle.kind !== 'i2c' && handle.kind !== 'spi')
  )
    return true;
  x.bag.report('T0225', clause.span, {
    option: 'max',
    value: `${String(handle.fields['speed'])}kHz`,
    range: `at most ${most}kHz`,
    doc: `${String(handle.fields['name'])} of board ${x.board.name} is no faster`,
  });
  return false;
}

/** A safe value that doesn't hold is one that the output may have. */
function safeFits(x: Context, node: ast.UseDeclaration, { kind, fields }: Handle): boolean {
  if (kind !== 'pwm.pulse' && kind !== 'pwm.duty') return true;
  const [safe, low, high] = [Number(fields['safe']), Number(fields['min'] ?? 0), Number(fields['max'])];
  const clause = node.clauses.find((each) => each.word.text === 'safe');
  if (safe === -1 || (safe >= low && safe <= high) || !clause) return true;
  const unit = kind === 'pwm.pulse' ? 'us' : 'pct';
  x.bag.report('T0225', clause.span, {
    option: 'safe',
    value: `${safe}${unit}`,
    range: `${low}${unit} to ${high}${unit}`,
    doc: 'the safe value is one of the declared range',
  });
  return false;
}

/** One output, chip select or bus address has one handle. Inputs may be shared with inputs. */
function claims(x: Context, handle: Handle, name: ast.Name): boolean {
  for (const other of x.handles) {
    const notes = [{ span: other.span, text: 'declared here' }];
    if (sameDevice(handle, other)) {
      const address =
        handle.kind === 'i2c' ? `0x${Number(handle.fields['address']).toString(16)}` : String(handle.fields['select']);
      x.bag.report('T0224', name.span, { name: handle.name, address, bus: name.text, other: other.name }, { notes });
      return false;
    }
    const shared = placesOf(handle).find(
      (place) => placesOf(other).includes(place) && (drives(handle, place) || drives(other, place)),
    );
    if (shared !== undefined) {
      x.bag.report('T0205', name.span, { name: shared, other: other.name }, { notes });
      return false;
    }
  }
  return true;
}

function sameDevice(a: Handle, b: Handle): boolean {
  if (a.kind !== b.kind || a.fields['name'] !== b.fields['name']) return false;
  return a.kind === 'i2c'
    ? a.fields['address'] === b.fields['address']
    : a.kind === 'spi' && a.fields['select'] === b.fields['select'];
}

/** The board's resources that a handle uses. */
const placesOf = (handle: Handle): string[] =>
  handle.kind === 'param'
    ? []
    : [handle.fields['name'], handle.fields['select']].filter((place) => typeof place === 'string');

/** True if a handle drives the resource: as an output or as the chip select of a device. */
const drives = (handle: Handle, place: string): boolean =>
  handle.fields['select'] === place || (handle.fields['name'] === place && exclusive(handle));

const exclusive = (handle: Handle): boolean => kinds.find((kind) => kind.name === handle.kind)?.exclusive === 'output';
