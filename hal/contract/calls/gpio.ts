import type { HostCall } from './types.js';

export const gpio = [
  {
    id: 1,
    name: 'gpio.toggle',
    kinds: ['gpio.out'],
    method: 'toggle',
    params: [],
    errors: [],
    cost: 'pin',
    doc: 'Inverts the output.',
  },
  {
    id: 7,
    name: 'gpio.write',
    kinds: ['gpio.out'],
    method: 'set',
    errors: [],
    cost: 'pin',
    params: [{ name: 'level', type: 'bool', doc: 'logical level' }],
    doc: 'Sets the output to a logical level.',
  },
  {
    id: 8,
    name: 'gpio.read',
    kinds: ['gpio.in', 'gpio.out'],
    method: 'read',
    params: [],
    result: { type: 'bool' },
    errors: [],
    cost: 'pin',
    doc: 'Logical level: debounced for an input, the last written for an output.',
  },
] as const satisfies readonly HostCall[];
