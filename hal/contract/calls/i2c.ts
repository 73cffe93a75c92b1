import type { CallParam, HostCall } from './types.js';

const reg: CallParam = { name: 'reg', type: 'u8', doc: 'register' };
const errors = ['nack', 'timeout', 'busy', 'io'] as const;

export const i2c = [
  {
    id: 2,
    name: 'i2c.read_i16be',
    kinds: ['i2c'],
    method: 'read_i16be',
    params: [reg],
    result: { type: 'i16' },
    errors,
    cost: 'bus',
    doc: 'Reads a signed 16-bit register, high byte first.',
  },
  {
    id: 12,
    name: 'i2c.read_u16be',
    kinds: ['i2c'],
    method: 'read_u16be',
    params: [reg],
    result: { type: 'u16' },
    errors,
    cost: 'bus',
    doc: 'Reads an unsigned 16-bit register, high byte first.',
  },
  {
    id: 13,
    name: 'i2c.read_u8',
    kinds: ['i2c'],
    method: 'read_u8',
    params: [reg],
    result: { type: 'u8' },
    errors,
    cost: 'bus',
    doc: 'Reads an 8-bit register.',
  },
  {
    id: 14,
    name: 'i2c.write_u8',
    kinds: ['i2c'],
    method: 'write_u8',
    errors,
    cost: 'bus',
    result: { type: 'u8' },
    params: [reg, { name: 'value', type: 'u8', doc: 'value' }],
    doc: 'Writes an 8-bit register; 0 on success.',
  },
  {
    id: 15,
    name: 'i2c.write_u16be',
    kinds: ['i2c'],
    method: 'write_u16be',
    errors,
    cost: 'bus',
    result: { type: 'u8' },
    params: [reg, { name: 'value', type: 'u16', doc: 'value' }],
    doc: 'Writes a 16-bit register, high byte first; 0 on success.',
  },
] as const satisfies readonly HostCall[];
