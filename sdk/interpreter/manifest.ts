/**
 * The manifest that a checked program asks for, made without the compiler's own: what the model needs to run it.
 */
import { calls, limits } from '../../hal/contract/index.js';
import type { Program as Checked, Source as CheckedSource } from '../compiler/check/program.js';
import type { Fields, Manifest, Source, Use } from '../model/index.js';

/** What a project says about a behaviour. */
export interface Deployment {
  readonly priority?: number;
  readonly restart?: readonly [number, number];
}

/** Every call is allowed: that a module asks for exactly those it uses is for the tests of the compiler. */
export function manifestOf(checked: Checked, { priority = 0, restart = [100, 5] }: Deployment = {}): Manifest {
  return {
    abi: limits.abi.value,
    name: checked.name,
    calls: calls.map(({ id }) => id),
    uses: checked.handles.map(({ kind, fields, variable, timer }): Use => {
      const numbered: Fields = { ...(variable && { slot: variable.index }), ...(timer && { timer: timer.id }) };
      return { kind, fields: { ...plain(fields), ...numbered } };
    }),
    sources: checked.sources.map(readSource),
    timers: checked.timers.length,
    // Any number that differs between variables serves as hash as long as no other program's checkpoint is read.
    state: checked.globals.map(({ index, retain }) => ({
      hash: index,
      place: index,
      retain,
      memory: false,
      size: 4,
    })),
    memory: 0,
    priority,
    restart,
    logs: checked.logs,
    load: 0,
    finish: false,
    deadline: 0,
  };
}

function readSource(source: CheckedSource): Source {
  if (source.kind === 'every')
    return { kind: 'every', fields: { period: Number(source.period), catchup: source.catchup } };
  return { kind: source.kind, fields: { handle: source.handle.number, ...source.event.set } };
}

function plain(fields: Readonly<Record<string, number | bigint | string>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}
