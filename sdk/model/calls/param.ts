import { type CallFunction, numberField } from '../context.js';

export const param = {
  'param.get_f32': ({ caller, use }) => caller.readSlot(numberField(use, 'slot')),
  'param.get_i32': ({ caller, use }) => caller.readSlot(numberField(use, 'slot')),
  'param.save': ({ caller }) => {
    caller.requestSave();
  },
} as const satisfies Record<string, CallFunction>;
