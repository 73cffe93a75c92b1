import { kinds, manifest as keys, sources as sourceKinds, stateFields } from '../../hal/contract/index.js';
import type { Field, KindName } from '../../hal/contract/index.js';
import { CborFloat, encodeCbor } from '../wire/cbor.js';
import type { Cbor } from '../wire/cbor.js';

/** A number or text of a row. `Float` keeps a value of the type `value` apart from an integer. */
export type FieldValue = number | bigint | string | Float;
export interface Float {
  readonly float: number;
}

/** A row of `uses`: fields of the contract's kind by name, defaults filled in. */
export interface Use {
  readonly kind: KindName;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

export type SourceKind = (typeof sourceKinds)[number]['name'];

/** A row of `sources`; source n of the ABI is row n - 1. */
export interface SourceRow {
  readonly kind: SourceKind;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A row of `state`: the contract's `stateFields`, all of them. */
export type StateRow = Readonly<Record<(typeof stateFields)[number]['name'], number>>;

/** The manifest of a module: hal/contract/manifest.ts says what each key means. */
export interface Manifest {
  readonly abi: number;
  readonly name: string;
  /** Ids of the host calls that the module declares, ascending. */
  readonly calls: readonly number[];
  readonly uses: readonly Use[];
  readonly sources: readonly SourceRow[];
  readonly timers: number;
  readonly state: readonly StateRow[];
  /** Stack bytes, memory bytes, then instructions and host calls for source 0, each source, each timer. */
  readonly bounds: readonly number[];
  readonly priority: number;
  readonly restart: readonly number[];
  readonly logs: readonly string[];
  /** Permille of the processor's time; 0: not said. */
  readonly load: number;
  readonly finish: number;
  /** Longest wait for neighbours in microseconds; 0: not said. */
  readonly deadline: number;
}

const kindRow = (name: KindName): (typeof kinds)[number] =>
  kinds.find((kind) => kind.name === name) as (typeof kinds)[number];
const sourceRow = (name: SourceKind): (typeof sourceKinds)[number] =>
  sourceKinds.find((kind) => kind.name === name) as (typeof sourceKinds)[number];

/** The bytes of the manifest in the one allowed form. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const values: Readonly<Record<string, Cbor>> = {
    ...manifest,
    uses: manifest.uses.map((use) => encodeRow(kindRow(use.kind), use.fields)),
    sources: manifest.sources.map((source) => encodeRow(sourceRow(source.kind), source.fields)),
    state: manifest.state.map((row) => encodeFields(stateFields, row)),
  };
  const map = new Map<number, Cbor>();
  for (const row of keys) {
    const value = values[row.name];
    if (value !== undefined && !('default' in row && same(value, row.default))) map.set(row.key, value);
  }
  return encodeCbor(map);
}

const same = (a: Cbor, b: Cbor): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, i) => item === b[i]) : a === b;

function encodeRow(
  row: { readonly id: number; readonly fields: readonly Field[] },
  fields: Readonly<Record<string, FieldValue>>,
): Cbor {
  return [row.id, ...encodeFields(row.fields, fields)];
}

/** Values of a row, without those at its end that are their defaults. */
function encodeFields(fields: readonly Field[], given: Readonly<Record<string, FieldValue>>): Cbor[] {
  const values = fields.map((field) => given[field.name] ?? (field.default as FieldValue));
  let count = values.length;
  while (count > 0 && isDefault(fields[count - 1], values[count - 1])) count--;
  return values.slice(0, count).map((value, i) => encodeField(fields[i] as Field, value));
}

const isDefault = (field: Field | undefined, value: FieldValue | undefined): boolean =>
  field?.default !== undefined &&
  value !== undefined &&
  (typeof value === 'object' ? value.float : typeof value === 'bigint' ? Number(value) : value) === field.default;

function encodeField(field: Field, value: FieldValue): Cbor {
  if (typeof value === 'object') return new CborFloat(value.float);
  return field.type === 'f32' ? new CborFloat(Number(value)) : value;
}
