import { limits } from './limits.js';
import type { RowField } from './types.js';

/**
 * The manifest: custom section `t`, one CBOR map with these integer keys in ascending order, shortest form. Absent
 * where the value equals the default. Lists of rows are arrays of arrays; flat lists are arrays of integers.
 */
export const manifest = [
  { key: 0, name: 'abi', type: 'u8', doc: 'ABI version, see limits' },
  { key: 1, name: 'name', type: 'text', min: 1, max: 32, form: 'behaviour', doc: 'name of the behaviour' },
  { key: 2, name: 'calls', type: 'u16s', max: 64, default: [], doc: 'ids of the host calls imported, ascending' },
  { key: 3, name: 'uses', type: 'kinds', max: 32, default: [], doc: 'handles, by number' },
  { key: 4, name: 'sources', type: 'sources', max: 32, default: [], doc: 'event sources 1…n' },
  { key: 5, name: 'timers', type: 'u8', max: limits.timers.value, default: 0, doc: 'number of one-shot timers' },
  {
    key: 6,
    name: 'state',
    type: 'states',
    max: limits.state.value,
    default: [],
    doc: 'variables that outlive an instance: a swap takes over what both versions have',
  },
  {
    key: 7,
    name: 'bounds',
    type: 'u32s',
    min: 4,
    max: 100,
    doc:
      'stack bytes, bytes of the linear memory, then instructions and host calls of the worst reaction to source 0, ' +
      'to each source and to each timer; 0 where unknown, but the bytes of memory are always exact',
  },
  { key: 8, name: 'priority', type: 'u8', default: 0, doc: 'higher runs first' },
  {
    key: 9,
    name: 'restart',
    type: 'u32s',
    min: 2,
    max: 2,
    default: [100, 5],
    doc: 'delay of the first restart in milliseconds; faults until parked, 0 never',
  },
  {
    key: 10,
    name: 'logs',
    type: 'texts',
    max: 64,
    default: [],
    doc: 'log templates; {} is an argument, {bool} and {u32} one of that type',
  },
  {
    key: 11,
    name: 'load',
    type: 'u16',
    max: 1000,
    default: 0,
    doc: "share of the processor's time that the behaviour may take, permille; 0: [what its bounds come to](#load)",
  },
  { key: 12, name: 'finish', type: 'u8', max: 1, default: 0, doc: '1: lifecycle stop is delivered' },
  {
    key: 13,
    name: 'deadline',
    type: 'u32',
    default: 0,
    doc:
      'how long an event of the behaviour may wait for its neighbours, microseconds; longer is a fault of the app; ' +
      '0: [ten of its shortest periods](#load)',
  },
] as const;

/** Bits of `flags` in a row of `state`. */
export const stateFlags = { retain: 1, memory: 2 } as const;

/** Fields of a row of `state`. */
export const stateFields = [
  {
    name: 'hash',
    type: 'u32',
    doc: 'first four bytes of SHA-256 of `name:type:unit` as a big-endian number',
  },
  { name: 'place', type: 'u32', doc: 'index of a global, or offset of a variable in linear memory' },
  { name: 'flags', type: 'u8', default: 0, max: 3, doc: '1 retained, 2 in linear memory, added' },
  { name: 'size', type: 'u16', default: 4, min: 1, doc: 'bytes; a global has 4 or 8, what is retained at most 8' },
] as const satisfies readonly RowField[];

/** Name of the custom section and module name of every import. */
export const SECTION = 't';
/** The one export. */
export const ENTRY = 'r';
/** Bytes of a page of linear memory, the unit of a module's own declaration. */
export const MEMORY_PAGE = 65536;
/** What the bytes of memory that `bounds` gives are a multiple of. */
export const MEMORY_UNIT = 8;
/** Exports allowed beside it: what linkers write for guests in C. Nothing reads them. */
export const EXPORTS = ['memory', '__heap_base', '__data_end'] as const;
