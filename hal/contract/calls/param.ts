import type { HostCall } from './types.js';

/** `.tars` reads a parameter as a global; these serve guests in other languages. */
export const param = [
  {
    id: 26,
    name: 'param.get_f32',
    kinds: ['param'],
    params: [],
    result: { type: 'f32' },
    errors: [],
    cost: 'pure',
    doc: 'Live value of an f32 parameter.',
  },
  {
    id: 27,
    name: 'param.get_i32',
    kinds: ['param'],
    params: [],
    result: { type: 'i32' },
    errors: [],
    cost: 'pure',
    doc: 'Live value of a bool or integer parameter of at most 32 bits.',
  },
  {
    id: 28,
    name: 'param.save',
    kinds: [],
    params: [],
    errors: [],
    cost: 'flash',
    doc:
      'Asks for a checkpoint of the `retain` variables after this reaction. The store takes limits.saves at once, ' +
      'then one each limits.checkpoint_ms with the newest values. `save()` in .tars.',
  },
] as const satisfies readonly HostCall[];
