import { active, byActive, byPull, deadline, frequency, highest, hold, named, pull, schema } from './fields.js';
import { limits } from './limits.js';
import type { Kind, SourceKind } from './types.js';

/** `type` of a param row. */
export const paramTypes = ['bool', 'i32', 'u32', 'i64', 'f32'] as const;

/**
 * Handle kinds. A manifest row is `[id, ...fields]`; a trailing field that equals its default is omitted. What a board
 * holds a field to, who may claim what, which events there are and how a program writes it: all of it stands here, and
 * the checks in C, the host's checks, the language's clauses and the reference page are made from it.
 */
export const kinds = [
  {
    id: 1,
    name: 'gpio.out',
    role: 'output',
    identity: ['name'],
    doc: 'A digital output. Written levels are logical: `active` says which voltage is 1.',
    fields: [
      named('gpio', true),
      {
        name: 'safe',
        type: 'u8',
        default: 0,
        oneOf: ['low', 'high', 'hold'],
        doc: 'logical level in the safe state',
      },
      active,
    ],
    clauses: [byActive, { word: 'safe', fields: ['safe'] }],
  },
  {
    id: 2,
    name: 'gpio.in',
    role: 'input',
    identity: ['name'],
    doc: 'A digital input with edges. Levels are logical and debounced.',
    fields: [
      named('gpio'),
      pull,
      active,
      {
        name: 'debounce',
        type: 'u32',
        default: 0,
        unit: 'us',
        doc: "a level must be stable so long before its edge is reported; the event's time is the end of it",
      },
    ],
    clauses: [byPull, byActive, { word: 'debounce', fields: ['debounce'], min: 0, max: 10_000_000, brackets: true }],
    events: [
      { name: 'press', source: 'edge', set: { edges: 1 } },
      { name: 'release', source: 'edge', set: { edges: 2 } },
      { name: 'edge', source: 'edge', set: { edges: 3 }, carries: true },
    ],
  },
  {
    id: 3,
    name: 'pwm.pulse',
    role: 'output',
    identity: ['name'],
    doc: 'A PWM channel set by pulse width: servos, ESCs. Values outside min..max saturate.',
    fields: [
      named('pwm', true),
      {
        name: 'safe',
        type: 'i32',
        unit: 'us',
        within: ['min', 'max'],
        or: hold,
        doc: 'pulse in the safe state',
      },
      { name: 'frequency', type: 'u32', default: 50, ...highest, grant: 'most', doc: 'PWM frequency' },
      { name: 'min', type: 'u32', default: 500, unit: 'us', atMost: 'max', grant: 'least', doc: 'shortest pulse' },
      {
        name: 'max',
        type: 'u32',
        default: 2500,
        unit: 'us',
        inPeriodOf: 'frequency',
        grant: 'most',
        doc: 'longest pulse',
      },
    ],
    clauses: [
      frequency,
      { word: 'safe', fields: ['safe'], min: 0, max: 1_000_000, example: 'safe 1500us' },
      { word: 'in', fields: ['min', 'max'], min: 0, max: 1_000_000 },
    ],
  },
  {
    id: 4,
    name: 'pwm.duty',
    role: 'output',
    identity: ['name'],
    doc: 'A PWM channel set by duty cycle: motors, lamps. Values outside 0..max saturate.',
    fields: [
      named('pwm', true),
      { name: 'safe', type: 'f32', unit: 'pct', within: [0, 'max'], or: hold, doc: 'duty in the safe state' },
      { name: 'frequency', type: 'u32', default: 1000, ...highest, grant: 'most', doc: 'PWM frequency' },
      { name: 'max', type: 'f32', default: 100, unit: 'pct', above: 0, max: 100, grant: 'most', doc: 'largest duty' },
    ],
    clauses: [
      frequency,
      { word: 'safe', fields: ['safe'], min: 0, max: 100, example: 'safe 0pct' },
      { word: 'max', fields: ['max'], min: 0, max: 100 },
    ],
  },
  {
    id: 5,
    name: 'adc',
    role: 'sample',
    identity: ['name'],
    doc: 'An analogue input.',
    fields: [named('adc')],
  },
  {
    id: 6,
    name: 'i2c',
    role: 'bus',
    exclusive: true,
    identity: ['name', 'address'],
    doc: 'One device on an I2C bus.',
    fields: [
      named('i2c'),
      { name: 'address', type: 'u8', max: 0x77, grant: 'equal', doc: '7-bit address' },
      {
        name: 'speed',
        type: 'u32',
        default: 100,
        unit: 'kHz',
        min: 1,
        clock: true,
        grant: 'most',
        doc: 'fastest clock',
      },
    ],
    clauses: [
      { word: 'at', fields: ['address'], min: 0x08, max: 0x77, example: 'at 0x48' },
      { word: 'max', fields: ['speed'], min: 1, max: 5000 },
    ],
  },
  {
    id: 7,
    name: 'spi',
    role: 'bus',
    exclusive: true,
    identity: ['name', 'select'],
    doc: 'One device on an SPI bus.',
    fields: [
      named('spi'),
      {
        name: 'select',
        type: 'text',
        min: 1,
        max: 32,
        resource: 'gpio',
        title: 'a chip select',
        drives: true,
        grant: 'equal',
        doc: "the board's name of the chip-select pin",
      },
      {
        name: 'speed',
        type: 'u32',
        default: 1000,
        unit: 'kHz',
        min: 1,
        clock: true,
        grant: 'most',
        doc: 'fastest clock',
      },
      { name: 'mode', type: 'u8', default: 0, max: 3, doc: 'SPI mode' },
    ],
    clauses: [
      { word: 'select', fields: ['select'], example: 'select board.PA4' },
      { word: 'max', fields: ['speed'], min: 1, max: 100_000 },
      { word: 'mode', fields: ['mode'], min: 0, max: 3 },
    ],
  },
  {
    id: 8,
    name: 'uart',
    role: 'input',
    identity: ['name'],
    doc: 'A serial port.',
    fields: [
      named('uart', true),
      { name: 'baud', type: 'u32', default: 115200, min: 300, max: 4_000_000, grant: 'most', doc: 'baud rate' },
    ],
    clauses: [{ word: 'at', fields: ['baud'], min: 300, max: 4_000_000 }],
    events: [{ name: 'receive', source: 'uart', carries: true }],
  },
  {
    id: 9,
    name: 'timer',
    role: 'timer',
    identity: ['timer'],
    doc: 'A one-shot timer; its expiry is source -1-id.',
    fields: [{ name: 'timer', type: 'u8', below: 'timers', doc: 'timer id' }],
    events: [{ name: '' }],
  },
  {
    id: 10,
    name: 'publish',
    role: 'topic',
    identity: ['topic'],
    doc: 'A topic that the behaviour publishes.',
    fields: [
      { name: 'topic', type: 'text', min: 1, max: 64, form: 'topic', grant: 'equal', doc: 'topic' },
      {
        name: 'rate',
        type: 'u32',
        default: 0,
        unit: 'Hz',
        grant: 'rate',
        doc: 'most messages per second, 0 unlimited; more are dropped and counted',
      },
      schema,
    ],
    clauses: [{ word: 'max', fields: ['rate'], min: 1, max: 100_000 }],
  },
  {
    id: 11,
    name: 'subscribe',
    role: 'topic',
    identity: ['topic'],
    doc: 'A topic that the behaviour receives.',
    fields: [
      { name: 'topic', type: 'text', min: 1, max: 64, form: 'topic', grant: 'equal', doc: 'topic' },
      schema,
      {
        name: 'depth',
        type: 'u8',
        default: 0,
        max: limits.queue.value,
        doc: '0 keeps the latest message only, n queues up to n',
      },
      {
        name: 'silence',
        type: 'u32',
        default: 0,
        unit: 'us',
        floor: true,
        doc: "longest time without a message before the behaviour's outputs go to their safe state; 0: any",
      },
    ],
    clauses: [{ word: 'queue', fields: ['depth'], min: 1, max: limits.queue.value }],
    events: [{ name: '', source: 'message' }],
  },
  {
    id: 12,
    name: 'param',
    role: 'parameter',
    identity: ['name'],
    doc: 'A value that an operator can change while the behaviour runs.',
    fields: [
      { name: 'name', type: 'text', min: 1, max: 32, form: 'parameter', grant: 'equal', doc: 'name' },
      { name: 'slot', type: 'u8', below: 'state', doc: 'index into the state table' },
      {
        name: 'type',
        type: 'u8',
        oneOf: paramTypes,
        doc: 'type of the value',
      },
      { name: 'min', type: 'value', typed: 'type', atMost: 'max', grant: 'least', doc: 'smallest value (bool: 0)' },
      { name: 'max', type: 'value', typed: 'type', grant: 'most', doc: 'largest value (bool: 1)' },
      { name: 'unit', type: 'text', default: '', max: 16, form: 'unit', doc: 'unit' },
    ],
    events: [{ name: 'change', source: 'param' }],
  },
  {
    id: 13,
    name: 'pulse.in',
    role: 'input',
    identity: ['name'],
    doc: 'Pulses on a pin, measured from the edge to the active level to the edge back: an ultrasonic ranger.',
    fields: [
      named('gpio'),
      pull,
      active,
      {
        name: 'timeout',
        type: 'u32',
        default: 30_000,
        unit: 'us',
        min: 1,
        max: 10_000_000,
        doc: 'a pulse that lasts so long is given up',
      },
    ],
    clauses: [byPull, byActive, { word: 'timeout', fields: ['timeout'], min: 1, max: 10_000_000, brackets: true }],
    events: [
      { name: 'echo', source: 'pulse', set: { events: 1 }, carries: true },
      { name: 'timeout', source: 'pulse', set: { events: 2 } },
    ],
  },
] as const satisfies readonly Kind[];

/** Name of a kind. */
export type KindName = (typeof kinds)[number]['name'];

/** Event sources: rows `[id, ...fields]` of the manifest's `sources`; source n of the ABI is row n - 1. */
export const sources = [
  {
    id: 0,
    name: 'every',
    doc: 'periodic; the first event is one period after the start',
    identity: ['period'],
    fields: [
      { name: 'period', type: 'i64', unit: 'us', min: 1, floor: true, doc: 'period' },
      {
        name: 'catchup',
        type: 'u8',
        default: 0,
        max: limits.queue.value,
        doc: 'late events delivered before the rest is skipped and counted',
      },
      deadline,
    ],
    clauses: [{ word: 'catchup', fields: ['catchup'], min: 1, max: limits.queue.value }],
  },
  {
    id: 1,
    name: 'edge',
    doc: 'a debounced edge of a gpio.in',
    argument: { name: 'level', type: 'bool', doc: 'the new logical level' },
    identity: ['edges'],
    mask: 'edges',
    fields: [
      { name: 'handle', type: 'u8', kind: 'gpio.in', doc: 'handle' },
      { name: 'edges', type: 'u8', min: 1, max: 3, doc: 'edges wanted: 1 press (to 1) and 2 release (to 0), added' },
      deadline,
    ],
  },
  {
    id: 2,
    name: 'message',
    doc: 'a message of a subscription; its fields are read with msg.get_*',
    identity: [],
    fields: [{ name: 'handle', type: 'u8', kind: 'subscribe', doc: 'handle' }, deadline],
  },
  {
    id: 3,
    name: 'param',
    doc: 'an operator changed a parameter',
    identity: [],
    fields: [{ name: 'handle', type: 'u8', kind: 'param', doc: 'handle' }, deadline],
  },
  {
    id: 4,
    name: 'uart',
    doc:
      'bytes wait: when some arrive, and after each reaction that leaves some, unless it was to this event and took ' +
      'none; an event that waits already gets the new argument',
    argument: { name: 'waiting', type: 'u32', doc: 'how many wait' },
    identity: [],
    fields: [{ name: 'handle', type: 'u8', kind: 'uart', doc: 'handle' }, deadline],
  },
  {
    id: 5,
    name: 'pulse',
    doc: 'a pulse of a pulse.in has ended, or is given up',
    argument: { name: 'width', type: 'u32', unit: 'us', doc: 'how long it was active; the timeout if it is given up' },
    identity: ['events'],
    mask: 'events',
    fields: [
      { name: 'handle', type: 'u8', kind: 'pulse.in', doc: 'handle' },
      { name: 'events', type: 'u8', min: 1, max: 3, doc: 'events wanted: 1 echo (it ended) and 2 timeout, added' },
      deadline,
    ],
  },
] as const satisfies readonly SourceKind[];

/** Name of a kind of source. */
export type SourceName = (typeof sources)[number]['name'];

/** Argument of source 0. `stop` is delivered only to a module whose manifest has `finish`. */
export const lifecycle = { start: 0, swap: 1, restart: 2, stop: 3 } as const;
