import type { Kind } from './types.js';

const resource = { name: 'name', type: 'text', max: 32, doc: "the board's name for it" } as const;

/** Handle kinds. A manifest row is `[id, ...fields]`; a trailing field that equals its default is omitted. */
export const kinds = [
  {
    id: 1,
    name: 'gpio.out',
    exclusive: 'output',
    doc: 'A digital output. Written levels are logical: `active` says which voltage is 1.',
    fields: [
      resource,
      { name: 'safe', type: 'u8', default: 0, doc: 'logical level in the safe state: 0 low, 1 high, 2 hold' },
      { name: 'active', type: 'u8', default: 0, doc: '0 active high, 1 active low' },
    ],
  },
  {
    id: 2,
    name: 'gpio.in',
    exclusive: 'shared',
    doc: 'A digital input with edges. Levels are logical and debounced.',
    fields: [
      resource,
      { name: 'pull', type: 'u8', default: 0, doc: '0 none, 1 up, 2 down' },
      { name: 'active', type: 'u8', default: 0, doc: '0 active high, 1 active low' },
      {
        name: 'debounce',
        type: 'u32',
        default: 0,
        unit: 'us',
        doc: "a level must be stable so long before its edge is reported; the event's time is the end of it",
      },
    ],
  },
  {
    id: 3,
    name: 'pwm.pulse',
    exclusive: 'output',
    doc: 'A PWM channel set by pulse width: servos, ESCs. Values outside min..max saturate.',
    fields: [
      resource,
      { name: 'safe', type: 'i32', unit: 'us', doc: 'pulse in the safe state, -1 holds' },
      { name: 'frequency', type: 'u32', default: 50, unit: 'Hz', doc: 'PWM frequency' },
      { name: 'min', type: 'u32', default: 500, unit: 'us', doc: 'shortest pulse' },
      { name: 'max', type: 'u32', default: 2500, unit: 'us', doc: 'longest pulse' },
    ],
  },
  {
    id: 4,
    name: 'pwm.duty',
    exclusive: 'output',
    doc: 'A PWM channel set by duty cycle: motors, lamps. Values outside 0..max saturate.',
    fields: [
      resource,
      { name: 'safe', type: 'f32', unit: 'pct', doc: 'duty in the safe state, -1 holds' },
      { name: 'frequency', type: 'u32', default: 1000, unit: 'Hz', doc: 'PWM frequency' },
      { name: 'max', type: 'f32', default: 100, unit: 'pct', doc: 'largest duty' },
    ],
  },
  { id: 5, name: 'adc', exclusive: 'shared', doc: 'An analogue input.', fields: [resource] },
  {
    id: 6,
    name: 'i2c',
    exclusive: 'address',
    doc: 'One device on an I2C bus.',
    fields: [
      resource,
      { name: 'address', type: 'u8', doc: '7-bit address' },
      { name: 'speed', type: 'u32', default: 100, unit: 'kHz', doc: 'fastest clock' },
    ],
  },
  {
    id: 7,
    name: 'spi',
    exclusive: 'address',
    doc: 'One device on an SPI bus.',
    fields: [
      resource,
      { name: 'select', type: 'text', max: 32, doc: "the board's name of the chip-select pin" },
      { name: 'speed', type: 'u32', default: 1000, unit: 'kHz', doc: 'fastest clock' },
      { name: 'mode', type: 'u8', default: 0, doc: 'SPI mode 0 to 3' },
    ],
  },
  {
    id: 8,
    name: 'uart',
    exclusive: 'output',
    doc: 'A serial port.',
    fields: [resource, { name: 'baud', type: 'u32', default: 115200, doc: 'baud rate' }],
  },
  {
    id: 9,
    name: 'timer',
    exclusive: 'shared',
    doc: 'A one-shot timer; its expiry is source -1-id.',
    fields: [{ name: 'timer', type: 'u8', doc: 'timer id' }],
  },
  {
    id: 10,
    name: 'publish',
    exclusive: 'shared',
    doc: 'A topic that the behaviour publishes.',
    fields: [
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      {
        name: 'rate',
        type: 'u32',
        default: 0,
        unit: 'Hz',
        doc: 'most messages per second, 0 unlimited; more are dropped and counted',
      },
      { name: 'schema', type: 'text', max: 160, doc: 'fields as `name:type unit,…`' },
    ],
  },
  {
    id: 11,
    name: 'subscribe',
    exclusive: 'shared',
    doc: 'A topic that the behaviour receives.',
    fields: [
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      { name: 'schema', type: 'text', max: 160, doc: 'fields as `name:type unit,…`' },
      { name: 'depth', type: 'u8', default: 0, doc: '0 keeps the latest message only, n queues up to n' },
    ],
  },
  {
    id: 12,
    name: 'param',
    exclusive: 'shared',
    doc: 'A value that an operator can change while the behaviour runs.',
    fields: [
      { name: 'name', type: 'text', max: 32, doc: 'name' },
      { name: 'slot', type: 'u8', doc: 'index into the state table' },
      { name: 'type', type: 'u8', doc: 'row of `paramTypes`' },
      { name: 'min', type: 'value', doc: 'smallest value (bool: 0)' },
      { name: 'max', type: 'value', doc: 'largest value (bool: 1)' },
      { name: 'unit', type: 'text', default: '', max: 16, doc: 'unit' },
    ],
  },
] as const satisfies readonly Kind[];

/** `type` of a param row. */
export const paramTypes = ['bool', 'i32', 'u32', 'i64', 'f32'] as const;

/** Event sources: rows `[id, ...fields]` of the manifest's `sources`; source n of the ABI is row n - 1. */
export const sources = [
  {
    id: 0,
    name: 'every',
    doc: 'periodic; the first event is one period after the start',
    fields: [
      { name: 'period', type: 'i64', unit: 'us', doc: 'period' },
      { name: 'catchup', type: 'u8', default: 0, doc: 'late events delivered before the rest is skipped and counted' },
    ],
  },
  {
    id: 1,
    name: 'edge',
    doc: 'a debounced edge of a gpio.in; argument: the new logical level',
    fields: [
      { name: 'handle', type: 'u8', doc: 'handle' },
      { name: 'edges', type: 'u8', doc: '1 press (to 1), 2 release (to 0), 3 both' },
    ],
  },
  {
    id: 2,
    name: 'message',
    doc: 'a message of a subscription; its fields are read with msg.get_*',
    fields: [{ name: 'handle', type: 'u8', doc: 'handle' }],
  },
  {
    id: 3,
    name: 'param',
    doc: 'an operator changed a parameter',
    fields: [{ name: 'handle', type: 'u8', doc: 'handle' }],
  },
  {
    id: 4,
    name: 'uart',
    doc: 'bytes arrived; argument: how many wait',
    fields: [{ name: 'handle', type: 'u8', doc: 'handle' }],
  },
] as const;

/** Argument of source 0. `stop` is delivered only to a module whose manifest has `finish`. */
export const lifecycle = { start: 0, swap: 1, restart: 2, stop: 3 } as const;
