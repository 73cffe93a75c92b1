import { kinds, type RowField, sources } from '../../hal/contract/index.js';
import type { FieldValue, Manifest } from './manifest.js';

/** The least that a board takes, as its file says it. */
export interface Floors {
  readonly periodUs: number;
  readonly restartMs: number;
}

interface Row {
  readonly kind: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** What a board with these floors refuses as `floor`; nothing: it takes all times of the manifest. */
export function belowFloor(m: Manifest, { periodUs, restartMs }: Floors): string | undefined {
  const [delay = 0] = m.restart;
  if (delay < restartMs) return `restart after ${delay} ms, at least ${restartMs}`;
  const times = [
    { name: 'deadline', us: m.deadline },
    ...m.uses.flatMap((use) => timesOf(kinds, use)),
    ...m.sources.flatMap((source) => timesOf(sources, source)),
  ];
  const short = times.find(({ us }) => us !== 0 && us < periodUs);
  return short && `${short.name} of ${short.us} us, at least ${periodUs}`;
}

/** Times in a row that a board has a floor for. */
function timesOf(
  rows: readonly { readonly name: string; readonly fields: readonly RowField[] }[],
  { kind, fields }: Row,
): { readonly name: string; readonly us: number }[] {
  const timed = rows.find(({ name }) => name === kind)?.fields.filter(({ floor }) => floor) ?? [];
  return timed.map(({ name }) => ({ name, us: Number(fields[name]) }));
}
