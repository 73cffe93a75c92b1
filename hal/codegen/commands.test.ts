import { describe, expect, it } from 'vitest';
import { errors, GUEST_ERRORS, type HostCall, type LinkRequest } from '../contract/index.js';
import { verifyCall } from './c-calls.js';
import { commandsHeader, commandsSource, requests, verifyRequest } from './c-commands.js';

const row: LinkRequest = {
  id: 63,
  name: 'lamp.set',
  kind: 'request',
  rule: 'signed',
  broker: true,
  doc: 'Switches a lamp.',
  fields: [{ name: 'on', type: 'bool', doc: 'on' }],
  response: [],
};
const count = [{ name: 'count', type: 'u8', doc: 'how many' }] as const;

describe('columns of a request', () => {
  it.each<[string, Partial<LinkRequest>]>([
    ['only the supervisor knows the claims', { rule: ['installs'] }],
    ['only the supervisor asks for the port', { port: 'physical' }],
    ['have no session', { session: true }],
    ['have no session', { broker: false, rule: 'open', deferred: true, session: true }],
    ['has no fields', { response: count }],
    ['no signed command may carry it', { broker: false }],
  ])('are refused: %s', (why, change) => expect(() => verifyRequest({ ...row, ...change })).toThrow(why));

  it('are right where they fit', () => {
    verifyRequest(row);
    verifyRequest({ ...row, rule: ['installs'], port: 'physical', deferred: true });
  });
});

it('names a handler for requests answered at once or with fields, and a filler for deferred responses', () => {
  for (const { name, deferred, fields, response } of requests) {
    const id = name.replaceAll('.', '_');
    expect(commandsSource(), name).toContain(`TARS_LINK_${id.toUpperCase()}},`);
    expect(commandsHeader().includes(`int tars_command_${id}(`), name).toBe(!deferred || fields.length > 0);
    expect(commandsHeader().includes(`void tars_answer_${id}(`), name).toBe(deferred === true && response.length > 0);
  }
});

describe('columns of a host call', () => {
  const call: HostCall = {
    id: 63,
    name: 'lamp.read',
    kinds: [],
    params: [],
    result: { type: 'u16' },
    errors: ['io'],
    cost: 'pin',
    doc: 'Reads a lamp.',
  };

  it('name only errors that the mask of the row on the board has a bit for', () => {
    for (const { code, name } of errors) {
      const verify = (): void => verifyCall({ ...call, errors: [name] });
      if (code < GUEST_ERRORS) verify();
      else expect(verify).toThrow(`codes below ${GUEST_ERRORS}, and ${name} is none`);
    }
    expect(2 ** GUEST_ERRORS - 1).toBe(new Uint16Array([-1])[0]);
  });

  it('leave room for an error beside each value of the result', () => {
    verifyCall({ ...call, result: { type: 'i64' }, errors: [] });
    expect(() => verifyCall({ ...call, result: { type: 'f32' } })).toThrow('at most 16 bits');
    expect(() =>
      verifyCall({ id: 63, name: 'lamp.set', kinds: [], params: [], errors: ['io'], cost: 'pin', doc: '' }),
    ).toThrow('at most 16 bits');
  });
});
