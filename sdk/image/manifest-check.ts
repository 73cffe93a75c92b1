import { kinds, names, type RowField, sources, stateFields, stateFlags } from '../../hal/contract/index.js';
import { fieldFits } from './field-check.js';
import type { FieldValue, Manifest, StateRow } from './manifest.js';

/** What is wrong with a manifest beyond its encoding, as far as it can be seen without a board. */
export function checkManifest(m: Manifest): string | undefined {
  if (!names.behaviour.pattern.test(m.name)) return 'its name has other characters than letters, digits, `_` and `-`';
  if (m.calls.some((id, i) => i > 0 && id <= (m.calls[i - 1] ?? 0))) return 'ids of calls do not ascend';
  if (new Set(m.state.map(({ hash }) => hash)).size !== m.state.length) return 'two variables have the same hash';
  const misfit = m.state.findIndex((row) => !stateFits(m, row));
  if (misfit >= 0) return `variable ${misfit} has a field outside its range`;
  const entries = 1 + m.sources.length + m.timers;
  if (m.bounds.length !== 2 + 2 * entries)
    return `bounds of ${entries} entries are ${2 + 2 * entries} numbers, found ${m.bounds.length}`;
  for (const [i, use] of m.uses.entries())
    if (!rowFits(m, kinds, use)) return `handle ${i} (${use.kind}) has a field outside its range`;
  for (const [i, source] of m.sources.entries())
    if (!rowFits(m, sources, source)) return `source ${i + 1} (${source.kind}) does not fit its handle`;
  return undefined;
}

/** A global is a number of 4 or 8 bytes; a checkpoint has 8 bytes for each variable. */
function stateFits(m: Manifest, row: StateRow): boolean {
  return (
    stateFields.every((field: RowField) => fieldFits(m, row, field)) &&
    ((row.flags & stateFlags.memory) !== 0 || row.size === 4 || row.size === 8) &&
    ((row.flags & stateFlags.retain) === 0 || row.size <= 8)
  );
}

interface Row {
  readonly kind: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** The fields of a row are what its kind allows; those of a source name handles of the right kind. */
function rowFits(
  m: Manifest,
  rows: readonly { readonly name: string; readonly fields: readonly RowField[] }[],
  { kind, fields }: Row,
): boolean {
  return rows.find(({ name }) => name === kind)?.fields.every((field) => fieldFits(m, fields, field)) === true;
}
