import { limits, paramTypes } from '../../hal/contract/index.js';
import type { KindName } from '../../hal/contract/index.js';
import type { FieldValue, Manifest, SourceRow, Use } from './manifest.js';

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
    if (!useFits(m, use)) return `handle ${i} (${use.kind}) has a field outside its range`;
  for (const [i, source] of m.sources.entries())
    if (!sourceFits(m, source)) return `source ${i + 1} (${source.kind}) does not fit its handle`;
  return undefined;
}

const HOLD = -1;
const number = (value: FieldValue | undefined): number => (typeof value === 'object' ? value.float : Number(value));
const within = (value: FieldValue | undefined, low: number, high: number): boolean =>
  number(value) >= low && number(value) <= high;
const named = (value: FieldValue | undefined): boolean => value !== '';

/** The fields of a handle are inside their ranges. */
function useFits(m: Manifest, { kind, fields: f }: Use): boolean {
  switch (kind) {
    case 'gpio.out':
      return named(f['name']) && within(f['safe'], 0, 2) && within(f['active'], 0, 1);
    case 'gpio.in':
      return named(f['name']) && within(f['pull'], 0, 2) && within(f['active'], 0, 1);
    case 'pwm.pulse':
      return named(f['name']) && pulseFits(f);
    case 'pwm.duty':
      return named(f['name']) && dutyFits(f);
    case 'adc':
      return named(f['name']);
    case 'i2c':
      return named(f['name']) && within(f['address'], 0, 0x77) && number(f['speed']) > 0;
    case 'spi':
      return named(f['name']) && named(f['select']) && within(f['mode'], 0, 3) && number(f['speed']) > 0;
    case 'uart':
      return named(f['name']) && number(f['baud']) > 0;
    case 'timer':
      return number(f['timer']) < m.timers;
    case 'publish':
      return named(f['topic']);
    case 'subscribe':
      return named(f['topic']) && within(f['depth'], 0, limits.queue.value);
    case 'param':
      return paramFits(m, f);
  }
}

function pulseFits(f: Use['fields']): boolean {
  const [low, high] = [number(f['min']), number(f['max'])];
  return low <= high && (number(f['safe']) === HOLD || within(f['safe'], low, high)) && number(f['frequency']) > 0;
}

function dutyFits(f: Use['fields']): boolean {
  const high = number(f['max']);
  return (
    high > 0 && high <= 100 && (number(f['safe']) === HOLD || within(f['safe'], 0, high)) && number(f['frequency']) > 0
  );
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  bool: [0n, 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** The slot exists, and the range is of the type and not empty. */
function paramFits(m: Manifest, f: Use['fields']): boolean {
  if (number(f['slot']) >= m.state.length / 2 || !named(f['name'])) return false;
  const type = paramTypes[number(f['type'])];
  const ends = [f['min'], f['max']] as const;
  if (type === 'f32') return ends.every((end) => typeof end === 'object') && number(ends[0]) <= number(ends[1]);
  const range = type && ranges[type];
  if (!range || ends.some((end) => typeof end === 'object')) return false;
  const [low, high] = ends.map((end) => BigInt(end as number | bigint)) as [bigint, bigint];
  return low >= range[0] && high <= range[1] && low <= high;
}

/** The fields of a source are inside their ranges and its handle is of the right kind. */
function sourceFits(m: Manifest, { kind, fields: f }: SourceRow): boolean {
  const on = (wanted: KindName): boolean => m.uses[number(f['handle'])]?.kind === wanted;
  switch (kind) {
    case 'every':
      return number(f['period']) > 0 && within(f['catchup'], 0, limits.queue.value);
    case 'edge':
      return on('gpio.in') && within(f['edges'], 1, 3);
    case 'message':
      return on('subscribe');
    case 'param':
      return on('param');
    case 'uart':
      return on('uart');
  }
}
