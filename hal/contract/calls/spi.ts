import type { HostCall } from './types.js';

const errors = ['timeout', 'busy', 'io'] as const;

export const spi = [
  {
    id: 16,
    name: 'spi.transfer_u8',
    kinds: ['spi'],
    method: 'transfer_u8',
    errors,
    cost: 'bus',
    result: { type: 'u8' },
    params: [{ name: 'out', type: 'u8', doc: 'byte sent' }],
    doc: 'Selects the device, exchanges one byte, deselects it.',
  },
  {
    id: 17,
    name: 'spi.transfer_u16',
    kinds: ['spi'],
    method: 'transfer_u16',
    errors,
    cost: 'bus',
    result: { type: 'u16' },
    params: [{ name: 'out', type: 'u16', doc: 'word sent, high byte first' }],
    doc: 'Selects the device, exchanges two bytes, deselects it.',
  },
  {
    id: 18,
    name: 'spi.read_u8',
    kinds: ['spi'],
    method: 'read_u8',
    errors,
    cost: 'bus',
    result: { type: 'u8' },
    params: [{ name: 'reg', type: 'u8', doc: 'register; bit 7 is set on the wire' }],
    doc: 'Reads an 8-bit register of a device with a read bit.',
  },
  {
    id: 19,
    name: 'spi.write_u8',
    kinds: ['spi'],
    method: 'write_u8',
    errors,
    cost: 'bus',
    result: { type: 'u8' },
    params: [
      { name: 'reg', type: 'u8', doc: 'register; bit 7 is clear on the wire' },
      { name: 'value', type: 'u8', doc: 'value' },
    ],
    doc: 'Writes an 8-bit register of a device with a read bit; 0 on success.',
  },
] as const satisfies readonly HostCall[];
