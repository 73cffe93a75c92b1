import type { CallParam, HostCall } from './types.js';

const field: CallParam = { name: 'field', type: 'u8', doc: 'index of the field' };

export const message = [
  {
    id: 3,
    name: 'msg.put_f32',
    kinds: [],
    errors: [],
    cost: 'pure',
    params: [{ name: 'field', type: 'f32', doc: 'value' }],
    doc: 'Appends a field to the message or log line being built.',
  },
  {
    id: 9,
    name: 'msg.put_i32',
    kinds: [],
    errors: [],
    cost: 'pure',
    params: [{ name: 'field', type: 'i32', doc: 'value; unsigned and bool fields are put in the same 32 bits' }],
    doc: 'Appends a field to the message or log line being built.',
  },
  {
    id: 4,
    name: 'msg.send',
    kinds: ['publish'],
    params: [],
    errors: [],
    cost: 'pure',
    doc:
      'Publishes the fields put since the reaction began or since the last send; too many for the declared ' +
      'rate are dropped and counted.',
  },
  {
    id: 10,
    name: 'msg.get_f32',
    kinds: [],
    params: [field],
    result: { type: 'f32' },
    errors: [],
    cost: 'pure',
    doc: 'A field of the message that this reaction handles; a wrong index or type is a fault.',
  },
  {
    id: 25,
    name: 'msg.get_i32',
    kinds: [],
    params: [field],
    result: { type: 'i32' },
    errors: [],
    cost: 'pure',
    doc: 'A field of the message that this reaction handles; a wrong index or type is a fault.',
  },
] as const satisfies readonly HostCall[];
