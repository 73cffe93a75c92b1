import { limits, stateFlags } from '../../../hal/contract/index.js';
import type { HostCall } from '../../../hal/contract/index.js';
import type { FieldValue, Manifest, SourceRow, StateRow, Use } from '../../image/manifest.js';
import { stateHash } from '../check/hash.js';
import type { Handle, Program, Source } from '../check/program.js';

/** What the compiler is told beside the source. */
export interface ManifestOptions {
  /** Higher runs first; 0 to 255. */
  readonly priority?: number | undefined;
  /** Delay of the first restart in milliseconds, and faults until parked (0: never). */
  readonly restart?: readonly [number, number] | undefined;
  /** Share of the processor's time, permille; by default what boards make of bounds and periods. */
  readonly load?: number | undefined;
  /** Longest that an event may wait for other behaviours, microseconds; by default ten of the shortest periods. */
  readonly deadline?: number | undefined;
}

/** The request of a program: everything that the board must know before it runs it. */
export function buildManifest(
  program: Program,
  calls: readonly HostCall[],
  bounds: readonly number[],
  options: ManifestOptions,
): Manifest {
  return {
    abi: limits.abi.value,
    name: program.name,
    calls: calls.map((call) => call.id),
    uses: program.handles.map(useOf),
    sources: program.sources.map(sourceOf),
    timers: program.timers.length,
    state: program.globals.map(stateOf),
    bounds,
    priority: options.priority ?? 0,
    restart: options.restart ?? [limits.restart_ms.value, limits.restart_count.value],
    logs: program.logs,
    load: options.load ?? 0,
    finish: 0,
    deadline: options.deadline ?? 0,
  };
}

const stateOf = (variable: Program['globals'][number]): StateRow => ({
  hash: stateHash(variable),
  place: variable.index,
  flags: variable.retain ? stateFlags.retain : 0,
  size: variable.type.scalar === 'i64' ? 8 : 4,
});

function useOf({ kind, fields, variable }: Handle): Use {
  const given: Record<string, FieldValue> = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? narrow(value) : value]),
  );
  // The limits of an f32 parameter are floats even if they are whole.
  if (variable?.type.scalar === 'f32') for (const end of ['min', 'max']) given[end] = { float: Number(given[end]) };
  return { kind, fields: given };
}

/** A plain number where it is exact, as the decoder gives it. */
const narrow = (value: bigint): number | bigint => (BigInt.asIntN(54, value) === value ? Number(value) : value);

function sourceOf(source: Source): SourceRow {
  if (source.kind === 'every')
    return { kind: 'every', fields: { period: narrow(source.period), catchup: source.catchup } };
  return { kind: source.kind, fields: { handle: source.handle.number, ...source.event.set } };
}
