import type { HostCall } from './types.js';

export const timer = [
  {
    id: 6,
    name: 'timer.after',
    kinds: [],
    timer: true,
    method: 'after',
    errors: [],
    cost: 'pure',
    params: [
      { name: 'delay', type: 'i64', unit: 'us', doc: 'from the logical time of this event; below 0 counts as 0' },
    ],
    doc: 'Arms a one-shot timer; arming again replaces.',
  },
  {
    id: 23,
    name: 'timer.cancel',
    kinds: [],
    timer: true,
    method: 'cancel',
    params: [],
    errors: [],
    cost: 'pure',
    doc: 'Disarms a timer; an expiry already queued is dropped.',
  },
  {
    id: 24,
    name: 'timer.now',
    kinds: [],
    params: [],
    result: { type: 'i64', unit: 'us' },
    errors: [],
    cost: 'pure',
    doc: 'Logical time of this event, since the board started. `now()` in .tars.',
  },
] as const satisfies readonly HostCall[];
