import type { HostCall } from './types.js';

export const pwm = [
  {
    id: 5,
    name: 'pwm.set_us',
    kinds: ['pwm.pulse'],
    method: 'set',
    errors: [],
    cost: 'pin',
    params: [{ name: 'pulse', type: 'i32', unit: 'us', doc: 'pulse width; saturates at the declared range' }],
    doc: 'Sets the pulse width from the next period on.',
  },
  {
    id: 11,
    name: 'pwm.set_duty',
    kinds: ['pwm.duty'],
    method: 'set',
    errors: [],
    cost: 'pin',
    params: [
      {
        name: 'duty',
        type: 'f32',
        unit: 'pct',
        doc: 'duty cycle; saturates at 0 and the declared maximum, NaN is a fault',
      },
    ],
    doc: 'Sets the duty cycle from the next period on.',
  },
] as const satisfies readonly HostCall[];
