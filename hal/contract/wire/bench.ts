import type { Field, Message } from '../types.js';

const pin = { name: 'pin', type: 'text', max: 32, doc: "the board's name of the pin" } as const satisfies Field;
const bus = { name: 'bus', type: 'text', max: 32, doc: "the board's name of the bus" } as const satisfies Field;

/** The bench: what is wired to a simulated board. Same framing as the link, on a channel of its own. */
export const bench = [
  { id: 1, name: 'hello', kind: 'request', doc: 'Opens the bench; resets watches.', fields: [
    { name: 'nonce', type: 'u32', doc: 'chosen by the host' }], response: [
    { name: 'board', type: 'text', max: 32, doc: 'board' },
    { name: 'virtual', type: 'bool', doc: 'true: time moves only by `advance`' },
    { name: 'time', type: 'i64', unit: 'us', doc: 'time since the board started' }] },
  { id: 2, name: 'pin.set', kind: 'request', doc: 'Drives an input pin.', fields: [pin,
    { name: 'level', type: 'u8', doc: 'electrical level, 0 or 1; 2 lets it float to its pull' }], response: [] },
  { id: 3, name: 'pin.get', kind: 'request', doc: 'Electrical level of a pin and how often it changed.', fields: [pin], response: [
    { name: 'level', type: 'u8', doc: 'electrical level' },
    { name: 'edges', type: 'u32', doc: 'changes since the board started' }] },
  { id: 4, name: 'pwm.get', kind: 'request', doc: 'State of a PWM channel.', fields: [pin], response: [
    { name: 'pulse', type: 'u32', unit: 'us', doc: 'pulse width' },
    { name: 'duty', type: 'f32', unit: 'pct', doc: 'duty cycle' },
    { name: 'frequency', type: 'u32', unit: 'Hz', doc: 'frequency, 0 off' },
    { name: 'writes', type: 'u32', doc: 'changes since the board started' }] },
  { id: 5, name: 'adc.set', kind: 'request', doc: 'Sets an analogue input.', fields: [pin,
    { name: 'mv', type: 'u16', unit: 'mV', doc: 'voltage' }], response: [] },
  { id: 6, name: 'i2c.device', kind: 'request', doc: 'Attaches or detaches a register device.', fields: [bus,
    { name: 'address', type: 'u8', doc: '7-bit address' },
    { name: 'present', type: 'bool', doc: 'false: detached, answers nothing' }], response: [] },
  { id: 7, name: 'i2c.set', kind: 'request', doc: 'Sets registers of a device.', fields: [bus,
    { name: 'address', type: 'u8', doc: '7-bit address' },
    { name: 'reg', type: 'u8', doc: 'first register' },
    { name: 'data', type: 'bytes', max: 256, doc: 'values' }], response: [] },
  { id: 8, name: 'i2c.get', kind: 'request', doc: 'Reads registers of a device.', fields: [bus,
    { name: 'address', type: 'u8', doc: '7-bit address' },
    { name: 'reg', type: 'u8', doc: 'first register' },
    { name: 'count', type: 'u8', doc: 'how many' }], response: [
    { name: 'data', type: 'bytes', max: 256, doc: 'values' },
    { name: 'transfers', type: 'u32', doc: 'transfers since it was attached' }] },
  { id: 9, name: 'i2c.fault', kind: 'request', doc: 'Makes the next transfers fail.', fields: [bus,
    { name: 'address', type: 'u8', doc: '7-bit address' },
    { name: 'error', type: 'u8', doc: 'error code, 0 none' },
    { name: 'count', type: 'u32', doc: 'transfers' }], response: [] },
  { id: 10, name: 'spi.set', kind: 'request', doc: 'Sets registers of the SPI device on a chip select.', fields: [bus,
    { name: 'select', type: 'text', max: 32, doc: 'chip-select pin' },
    { name: 'reg', type: 'u8', doc: 'first register' },
    { name: 'data', type: 'bytes', max: 256, doc: 'values' }], response: [] },
  { id: 11, name: 'spi.get', kind: 'request', doc: 'Reads registers of the SPI device on a chip select.', fields: [bus,
    { name: 'select', type: 'text', max: 32, doc: 'chip-select pin' },
    { name: 'reg', type: 'u8', doc: 'first register' },
    { name: 'count', type: 'u8', doc: 'how many' }], response: [
    { name: 'data', type: 'bytes', max: 256, doc: 'values' }] },
  { id: 12, name: 'uart.send', kind: 'request', doc: 'Bytes arrive at a serial port of the board.', fields: [bus,
    { name: 'data', type: 'bytes', max: 256, doc: 'bytes' }], response: [] },
  { id: 13, name: 'uart.take', kind: 'request', doc: 'Takes the bytes that the board has sent.', fields: [bus], response: [
    { name: 'data', type: 'bytes', max: 256, doc: 'bytes' }] },
  { id: 14, name: 'advance', kind: 'request', doc: 'Virtual time: runs the board until this time has passed and nothing is left to do.', fields: [
    { name: 'us', type: 'i64', unit: 'us', doc: 'how long' }], response: [
    { name: 'time', type: 'i64', unit: 'us', doc: 'time since the board started' }] },
  { id: 15, name: 'watch', kind: 'request', doc: 'Streams `edge` and `pwm` events.', fields: [
    { name: 'on', type: 'bool', doc: 'false: no longer' }], response: [] },
  { id: 16, name: 'power', kind: 'request', doc: 'Cuts the power and restores it: RAM is lost, flash stays.', fields: [], response: [] },
  { id: 17, name: 'flash.fault', kind: 'request', doc: 'Makes flash operations fail.', fields: [
    { name: 'error', type: 'u8', doc: '0 none, else error code: io, nospace' },
    { name: 'after', type: 'u32', doc: 'operations that still succeed' }], response: [] },
  { id: 64, name: 'edge', kind: 'event', doc: 'A pin changed.', fields: [
    { name: 'time', type: 'i64', unit: 'us', doc: 'time of the board' }, pin,
    { name: 'level', type: 'u8', doc: 'electrical level' }] },
  { id: 65, name: 'pwm', kind: 'event', doc: 'A PWM channel changed.', fields: [
    { name: 'time', type: 'i64', unit: 'us', doc: 'time of the board' }, pin,
    { name: 'pulse', type: 'u32', unit: 'us', doc: 'pulse width' },
    { name: 'duty', type: 'f32', unit: 'pct', doc: 'duty cycle' }] },
] as const satisfies readonly Message[];
