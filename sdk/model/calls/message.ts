import { limits } from '../../../hal/contract/index.js';
import { type CallFunction, type CallSite, numberField, operand, type PutField, textField } from '../context.js';
import { Fault } from '../fault.js';
import { parseSchema, type SchemaField } from '../schema.js';

function put(site: CallSite, float: boolean): void {
  if (site.caller.put.length >= limits.fields.value) throw new Fault('message');
  site.caller.put.push({ float, value: operand(site, 0) });
}

function fits(fields: readonly PutField[], schema: readonly SchemaField[]): boolean {
  return fields.length === schema.length && schema.every(({ type }, i) => (type === 'f32') === fields[i]?.float);
}

function send({ caller, use, handle }: CallSite): void {
  const fields = caller.put.splice(0);
  if (!fits(fields, parseSchema(textField(use, 'schema')))) throw new Fault('message');
  if (!caller.admit(handle, numberField(use, 'rate'))) return;
  caller.world.deliver(
    textField(use, 'topic'),
    fields.map(({ value }) => value),
    caller.event.timeUs,
  );
}

/** A field of the message being handled. */
function get(site: CallSite, float: boolean): number {
  const { event, manifest } = site.caller;
  const index = operand(site, 0);
  const source = event.source > 0 ? manifest.sources[event.source - 1] : undefined;
  const use = source?.kind === 'message' ? manifest.uses[Number(source.fields['handle'])] : undefined;
  const field = use === undefined ? undefined : parseSchema(textField(use, 'schema'))[index];
  const value = event.fields?.[index];
  if (field === undefined || value === undefined || (field.type === 'f32') !== float) throw new Fault('message');
  return Number(value);
}

export const message = {
  'msg.put_f32': (site) => {
    put(site, true);
  },
  'msg.put_i32': (site) => {
    put(site, false);
  },
  'msg.send': send,
  'msg.get_f32': (site) => get(site, true),
  'msg.get_i32': (site) => get(site, false),
} as const satisfies Record<string, CallFunction>;
