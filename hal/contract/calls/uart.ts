import type { HostCall } from './types.js';

export const uart = [
  {
    id: 21,
    name: 'uart.write_u8',
    kinds: ['uart'],
    method: 'write_u8',
    errors: ['full', 'io'],
    cost: 'pin',
    result: { type: 'u8' },
    params: [{ name: 'byte', type: 'u8', doc: 'byte' }],
    doc: 'Queues one byte for sending; 0 on success.',
  },
  {
    id: 22,
    name: 'uart.read_u8',
    kinds: ['uart'],
    method: 'read_u8',
    params: [],
    result: { type: 'u8' },
    errors: ['empty', 'io'],
    cost: 'pin',
    doc: 'Takes the oldest byte received.',
  },
] as const satisfies readonly HostCall[];
