/** Reads the manifest of a module into what the model needs to run it. */
import {
  calls,
  kinds,
  manifest as keys,
  sources,
  stateFields,
  stateFlags,
  type Field,
  type KindName,
} from '../../hal/contract/index.js';
import { type Cbor, CborFloat, decodeCbor } from '../wire/index.js';
import { Refused } from './fault.js';

/** A number, text or flag of a row, by the field's name; a bigint where a number would be inexact. */
export type Fields = Readonly<Record<string, number | bigint | string>>;

/** One handle. */
export interface Use {
  readonly kind: KindName;
  readonly fields: Fields;
}

/** One event source; source n of the ABI is row n - 1. */
export interface Source {
  readonly kind: (typeof sources)[number]['name'];
  readonly fields: Fields;
}

/** One entry of the state table. */
export interface StateSlot {
  /** First four bytes of SHA-256 of `name:type:unit`. */
  readonly hash: number;
  /** Index of a global, or offset in memory. */
  readonly place: number;
  readonly retain: boolean;
  readonly memory: boolean;
  /** Bytes of the variable. */
  readonly size: number;
}

/** The manifest, decoded. */
export interface Manifest {
  readonly abi: number;
  readonly name: string;
  readonly calls: readonly number[];
  readonly uses: readonly Use[];
  readonly sources: readonly Source[];
  readonly timers: number;
  readonly state: readonly StateSlot[];
  /** Bytes of linear memory. */
  readonly memory: number;
  readonly priority: number;
  /** Delay of the first restart in milliseconds, and faults until parked (0: never). */
  readonly restart: readonly [number, number];
  readonly logs: readonly string[];
  /** Permille of the processor's time, and longest wait for neighbours in microseconds; 0: not said. */
  readonly load: number;
  readonly finish: boolean;
  readonly deadline: number;
}

/** Decodes the content of section `t`. Throws Refused `manifest`. */
export function readManifest(bytes: Uint8Array): Manifest {
  const map = readMap(bytes);
  const restart = list(map, 'restart').map(integer);
  return {
    abi: integer(map.get('abi') ?? 0),
    name: text(map.get('name') ?? ''),
    calls: list(map, 'calls').map(integer).map(knownCall),
    uses: list(map, 'uses').map(readUse),
    sources: list(map, 'sources').map(readSource),
    timers: integer(map.get('timers') ?? 0),
    state: list(map, 'state').map(readState),
    memory: integer(list(map, 'bounds')[1] ?? 0),
    priority: integer(map.get('priority') ?? 0),
    restart: [restart[0] ?? 0, restart[1] ?? 0],
    logs: list(map, 'logs').map(text),
    load: integer(map.get('load') ?? 0),
    finish: integer(map.get('finish') ?? 0) === 1,
    deadline: integer(map.get('deadline') ?? 0),
  };
}

/** Keys by name, absent ones with their default. */
function readMap(bytes: Uint8Array): Map<string, Cbor> {
  let decoded: Cbor;
  try {
    decoded = decodeCbor(bytes);
  } catch (error) {
    throw new Refused('manifest', String(error));
  }
  if (!(decoded instanceof Map)) throw new Refused('manifest', 'not a map');
  const named = new Map<string, Cbor>();
  for (const row of keys) {
    const value: Cbor | undefined = decoded.get(row.key) ?? ('default' in row ? row.default : undefined);
    if (value !== undefined) named.set(row.name, value);
  }
  return named;
}

function readUse(row: Cbor): Use {
  const [id, ...rest] = array(row);
  const kind = kinds.find((candidate) => candidate.id === id);
  if (kind === undefined) throw new Refused('manifest', `kind ${String(id)}`);
  return { kind: kind.name, fields: readFields(kind.fields, rest) };
}

function readState(row: Cbor): StateSlot {
  const { hash, place, flags, size } = readFields(stateFields, array(row));
  const bits = Number(flags);
  return {
    hash: Number(hash),
    place: Number(place),
    retain: (bits & stateFlags.retain) !== 0,
    memory: (bits & stateFlags.memory) !== 0,
    size: Number(size),
  };
}

function readSource(row: Cbor): Source {
  const [id, ...rest] = array(row);
  const source = sources.find((candidate) => candidate.id === id);
  if (source === undefined) throw new Refused('manifest', `source ${String(id)}`);
  return { kind: source.name, fields: readFields(source.fields, rest) };
}

function readFields(fields: readonly Field[], values: readonly Cbor[]): Fields {
  if (values.length > fields.length) throw new Refused('manifest', 'too many fields');
  return Object.fromEntries(fields.map((field, i) => [field.name, plain(values[i] ?? fieldDefault(field))]));
}

function fieldDefault(field: Field): number | string {
  if (field.default === undefined) throw new Refused('manifest', `${field.name} is missing`);
  return typeof field.default === 'boolean' ? Number(field.default) : field.default;
}

function plain(value: Cbor): number | bigint | string {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  return value instanceof CborFloat ? value.value : Number(value);
}

function integer(value: Cbor): number {
  if (typeof value !== 'number') throw new Refused('manifest', 'expected an integer');
  return value;
}

function text(value: Cbor): string {
  if (typeof value !== 'string') throw new Refused('manifest', 'expected text');
  return value;
}

function array(value: Cbor): readonly Cbor[] {
  if (!Array.isArray(value)) throw new Refused('manifest', 'expected a list');
  return value as readonly Cbor[];
}

function list(map: ReadonlyMap<string, Cbor>, name: string): readonly Cbor[] {
  return array(map.get(name) ?? []);
}

function knownCall(id: number): number {
  if (!calls.some((call) => call.id === id)) throw new Refused('missing_call', `call ${id}`);
  return id;
}
