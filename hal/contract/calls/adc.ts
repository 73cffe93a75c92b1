import type { HostCall } from './types.js';

export const adc = [
  {
    id: 20,
    name: 'adc.read_mv',
    kinds: ['adc'],
    method: 'read',
    params: [],
    result: { type: 'u16', unit: 'mV' },
    errors: ['timeout', 'busy', 'io'],
    cost: 'bus',
    doc: 'Converts once; calibrated millivolts at the pin.',
  },
] as const satisfies readonly HostCall[];
