/**
 * The manifest: custom section `t`, one CBOR map with these integer keys in ascending order, shortest form. Absent
 * where the value equals the default. Lists of rows are arrays of arrays; flat lists are arrays of integers.
 */
export const manifest = [
  { key: 0, name: 'abi', type: 'u8', doc: 'ABI version, see limits' },
  { key: 1, name: 'name', type: 'text', max: 32, doc: 'name of the behaviour' },
  { key: 2, name: 'calls', type: 'u16s', max: 64, default: [], doc: 'ids of the host calls imported, ascending' },
  { key: 3, name: 'uses', type: 'kinds', max: 32, default: [], doc: 'handles, by number' },
  { key: 4, name: 'sources', type: 'sources', max: 32, default: [], doc: 'event sources 1…n' },
  { key: 5, name: 'timers', type: 'u8', default: 0, doc: 'number of one-shot timers' },
  {
    key: 6,
    name: 'state',
    type: 'u32s',
    max: 128,
    default: [],
    doc:
      'pairs: first four bytes of SHA-256 of `name:type:unit` as a big-endian number; place * 2 + retain, ' +
      'place = index of a global, or memory offset if `memory` is not 0',
  },
  {
    key: 7,
    name: 'bounds',
    type: 'u32s',
    max: 100,
    doc:
      'stack bytes, memory bytes, then instructions and host calls of the worst reaction to source 0, to each ' +
      'source and to each timer; 0 where unknown',
  },
  { key: 8, name: 'priority', type: 'u8', default: 0, doc: 'higher runs first' },
  {
    key: 9,
    name: 'restart',
    type: 'u32s',
    max: 2,
    default: [100, 5],
    doc: 'delay of the first restart in milliseconds; faults until parked, 0 never',
  },
  { key: 10, name: 'logs', type: 'texts', max: 64, default: [], doc: 'log templates; {} stands for an argument' },
  { key: 11, name: 'memory', type: 'u8', default: 0, doc: '1: places in `state` are memory offsets of 4-byte values' },
  { key: 12, name: 'finish', type: 'u8', default: 0, doc: '1: lifecycle stop is delivered' },
] as const;

/** Name of the custom section and module name of every import. */
export const SECTION = 't';
/** The one export. */
export const ENTRY = 'r';
/** Exports allowed beside it. */
export const EXPORTS = ['memory', '__heap_base', '__data_end'] as const;
