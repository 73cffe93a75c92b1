import { kinds, limits, sources, type RowField } from '../../hal/contract/index.js';
import { fieldFits } from './field-check.js';
import type { FieldValue, Manifest } from './manifest.js';

/** What is wrong with a manifest beyond its encoding, as far as it can be seen without a board. */
export function checkManifest(m: Manifest): string | undefined {
  if (m.name === '') return 'the name is empty';
  if (m.timers > limits.timers.value) return `${m.timers} timers`;
  if (m.memory > 1 || m.finish > 1) return 'memory and finish are 0 or 1';
  if (m.restart.length !== 2) return 'restart is two numbers';
  if (m.calls.some((id, i) => i > 0 && id <= (m.calls[i - 1] ?? 0))) return 'ids of calls do not ascend';
  if (m.state.length % 2 !== 0) return 'half an entry in the state table';
  const hashes = m.state.filter((_, i) => i % 2 === 0);
  if (new Set(hashes).size !== hashes.length) return 'two variables have the same hash';
  const entries = 1 + m.sources.length + m.timers;
  if (m.bounds.length !== 2 + 2 * entries)
    return `bounds of ${entries} entries are ${2 + 2 * entries} numbers, found ${m.bounds.length}`;
  for (const [i, use] of m.uses.entries())
    if (!rowFits(m, kinds, use)) return `handle ${i} (${use.kind}) has a field outside its range`;
  for (const [i, source] of m.sources.entries())
    if (!rowFits(m, sources, source)) return `source ${i + 1} (${source.kind}) does not fit its handle`;
  return undefined;
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
