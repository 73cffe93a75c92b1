/** What runs inside a behaviour: a Wasm instance here, the interpreter's instance in `sdk/interpreter`. */
import { ENTRY, SECTION } from '../../hal/contract/index.js';
import { checkCalls, checkMemory, checkModule } from './check.js';
import { Refused } from './fault.js';
import { type Manifest, readManifest, type StateSlot } from './manifest.js';
import { fitMemory, memoryStart } from './memory.js';
import type { Operand } from './trace.js';
import { exportState, globalName, type GlobalType, MEMORY_NAME, readGlobalTypes, readSections } from './wasm.js';

/** Serves one host call; throws Fault. */
export type HostCalls = (id: number, operands: readonly Operand[]) => Operand | undefined;

/** One instance with its state. */
export interface Guest {
  /** Runs one reaction to completion. Throws what the host calls throw, or WebAssembly.RuntimeError for a trap. */
  react(source: number, argument: number): void;
  /** Value of an entry of the state table. */
  read(slot: number): Operand;
  write(slot: number, value: Operand): void;
  /** Wasm type of the variable in this slot of the state table. */
  typeOf(slot: number): GlobalType;
}

/** A module ready to be started any number of times. */
export interface Program {
  readonly manifest: Manifest;
  /** Equal for two programs that are the same. */
  readonly identity: string;
  instantiate(calls: HostCalls): Guest;
}

/** Checks a module as a board does and prepares it. Throws Refused. */
export function loadModule(bytes: Uint8Array): Program {
  checkModule(bytes);
  const sections = readSections(bytes);
  const section = sections.find(({ id, name }) => id === 0 && name === SECTION);
  if (section === undefined) throw new Refused('manifest', 'no manifest');
  const manifest = readManifest(section.body);
  checkCalls(bytes, manifest.calls);
  checkMemory(sections, manifest.memory);
  const types = readGlobalTypes(sections);
  const exists = ({ memory, place, size }: StateSlot): boolean =>
    memory ? place + size <= manifest.memory : size === SIZES[types[place] ?? 'none'];
  if (!manifest.state.every(exists)) throw new Refused('manifest', 'state table');
  const module = new WebAssembly.Module(exportState(fitMemory(sections, manifest.memory), types.length));
  return {
    manifest,
    identity: hex(bytes),
    instantiate: (calls) => instantiate(module, manifest, types, calls),
  };
}

function instantiate(
  module: WebAssembly.Module,
  manifest: Manifest,
  types: readonly GlobalType[],
  calls: HostCalls,
): Guest {
  const imports: Record<string, (...operands: Operand[]) => Operand | undefined> = {};
  for (const { name } of WebAssembly.Module.imports(module)) {
    const id = parseInt(name, 36);
    imports[name] = (...operands) => calls(id, operands);
  }
  const { exports } = new WebAssembly.Instance(module, { [SECTION]: imports });
  const entry = exports[ENTRY] as (source: number, argument: number) => void;
  const inMemory = memorySlots(exports, manifest);
  const inGlobals = globalSlots(exports, manifest, types);
  const slots = (slot: number): Slots => (slotAt(manifest, slot).memory ? inMemory : inGlobals);
  return {
    react: (source, argument) => {
      entry(source, argument);
    },
    read: (slot) => slots(slot).read(slot),
    write: (slot, value) => slots(slot).write(slot, value),
    typeOf: (slot) => slots(slot).typeOf(slot),
  };
}

/** Bytes of a global in the state table; of one that doesn't exist there are none. */
const SIZES: Readonly<Record<GlobalType | 'none', number>> = { i32: 4, f32: 4, i64: 8, none: 0 };

type Slots = Pick<Guest, 'read' | 'write' | 'typeOf'>;

function slotAt(manifest: Manifest, slot: number): StateSlot {
  const entry = manifest.state[slot];
  if (entry === undefined) throw new Refused('manifest', `state ${slot}`);
  return entry;
}

function globalSlots(exports: Record<string, unknown>, manifest: Manifest, types: readonly GlobalType[]): Slots {
  const at = (slot: number): WebAssembly.Global =>
    exports[globalName(slotAt(manifest, slot).place)] as WebAssembly.Global;
  return {
    read: (slot) => at(slot).value,
    write: (slot, value) => {
      at(slot).value = value;
    },
    typeOf: (slot) => types[slotAt(manifest, slot).place] ?? 'i32',
  };
}

/** In memory a slot is four bytes, read as i32 unless a parameter says that they are an f32, or eight, read as i64. */
function memorySlots(exports: Record<string, unknown>, manifest: Manifest): Slots {
  const floats = new Set(
    manifest.uses
      .filter(({ kind, fields }) => kind === 'param' && fields['type'] === 4)
      .map(({ fields }) => fields['slot']),
  );
  const start = memoryStart(manifest.memory);
  const view = (): DataView => new DataView((exports[MEMORY_NAME] as WebAssembly.Memory).buffer, start);
  const offset = (slot: number): number => slotAt(manifest, slot).place;
  const typeOf = (slot: number): GlobalType =>
    slotAt(manifest, slot).size === SIZES.i64 ? 'i64' : floats.has(slot) ? 'f32' : 'i32';
  return {
    read: (slot) => {
      switch (typeOf(slot)) {
        case 'f32':
          return view().getFloat32(offset(slot), true);
        case 'i64':
          return view().getBigInt64(offset(slot), true);
        case 'i32':
          return view().getInt32(offset(slot), true);
      }
    },
    write: (slot, value) => {
      switch (typeOf(slot)) {
        case 'f32':
          return view().setFloat32(offset(slot), Number(value), true);
        case 'i64':
          return view().setBigInt64(offset(slot), BigInt(value), true);
        case 'i32':
          return view().setInt32(offset(slot), Number(value), true);
      }
    },
    typeOf,
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
