import { describe, expect, it } from 'vitest';
import {
  calls,
  errors,
  frame,
  kinds,
  limits,
  link,
  linkTombstones,
  bench,
  manifest,
  sources,
  statuses,
  tombstones,
  type Message,
} from '../contract/index.js';

const all = <T>(rows: readonly T[], key: (row: T) => unknown): unknown[] => rows.map(key);
const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

describe('rows of the contract', () => {
  it('have distinct ids and names', () => {
    for (const rows of [calls, kinds, sources, link, bench] as const) {
      expect(distinct(all<{ readonly id: number }>(rows, (row) => row.id))).toBe(true);
      expect(distinct(all<{ readonly name: string }>(rows, (row) => row.name))).toBe(true);
    }
    expect(distinct(errors.map((row) => row.code)) && distinct(errors.map((row) => row.name))).toBe(true);
  });

  it('never use an id again', () => {
    expect(calls.filter((call) => tombstones.includes(call.id))).toEqual([]);
    expect(link.filter((message) => linkTombstones.includes(message.id))).toEqual([]);
  });

  it('keep the six calls of the first measurements', () => {
    expect(calls.slice(0, 6).map((call) => call.name)).toEqual([
      'gpio.toggle',
      'i2c.read_i16be',
      'msg.put_f32',
      'msg.send',
      'pwm.set_us',
      'timer.after',
    ]);
  });

  it('name every group once in an import of at most two characters', () => {
    for (const call of calls) expect(call.id.toString(36).length).toBeLessThanOrEqual(2);
    expect(distinct(calls.map((call) => call.name.replaceAll('.', '_')))).toBe(true);
  });

  it('separate errors for guests from refusals, with a text and a cure each', () => {
    for (const error of errors) {
      expect(error.code).toBeGreaterThan(0);
      expect(error.code).toBeLessThan(256);
      expect(error.text.length > 5 && error.cure.length > 5, error.name).toBe(true);
    }
  });

  it('blame no missing confirmation alone for a trial that a flood from outside has ended', () => {
    const { text, cure } = errors.find(({ name }) => name === 'unconfirmed') ?? { text: '', cure: '' };
    expect([text, cure]).toEqual([expect.stringContaining('outside'), expect.stringContaining('flood')]);
  });

  it('use ids of the link that leave the response bit free', () => {
    for (const message of [...link, ...bench]) expect(message.id & frame.response).toBe(0);
  });

  it('ascend in the manifest', () =>
    expect(manifest.map((key) => key.key)).toEqual([...manifest].map((key) => key.key).sort((a, b) => a - b)));
});

/** Most bytes of a field in CBOR: head and content. */
function largest(message: readonly Message['fields'][number][]): number {
  const sizes = { bool: 1, u8: 2, u16: 3, u32: 5, i32: 5, i64: 9, f32: 5, value: 9 } as const;
  return message.reduce((sum, field) => {
    const max = field.max ?? 0;
    switch (field.type) {
      case 'text':
      case 'bytes':
        return sum + 3 + max;
      case 'values':
        return sum + 3 + 9 * max;
      case 'u32s':
      case 'u16s':
        return sum + 3 + 5 * max;
      case 'bool':
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
      case 'i64':
      case 'f32':
      case 'value':
        return sum + sizes[field.type];
    }
  }, 1);
}

describe('limits', () => {
  it('let every body fit a frame', () => {
    const room = limits.frame.value - frame.header - frame.crc;
    for (const message of [...link, ...bench] as readonly Message[]) {
      expect(largest(message.fields), message.name).toBeLessThanOrEqual(room);
      expect(largest(message.response ?? []) + 2, message.name).toBeLessThanOrEqual(room);
    }
  });

  it('agree with the lengths in rows', () => {
    const max = (name: string): number | undefined =>
      manifest.flatMap((key) => (key.name === name && 'max' in key ? [key.max] : []))[0];
    expect(max('bounds')).toBe(2 + 2 * (1 + limits.sources.value + limits.timers.value));
    expect([max('state'), max('uses'), max('sources'), max('calls'), max('logs'), max('name')]).toEqual([
      limits.state.value,
      limits.uses.value,
      limits.sources.value,
      limits.calls.value,
      limits.logs.value,
      limits.name.value,
    ]);
    expect(link.find((row) => row.name === 'install.data')?.fields.at(-1)).toMatchObject({ max: limits.chunk.value });
    expect(kinds.find((kind) => kind.name === 'publish')?.fields[0]).toMatchObject({ max: limits.topic.value });
  });

  it('have a bitmap that holds every call', () => {
    expect(Math.max(...calls.map((call) => call.id))).toBeLessThan(16 * 8);
  });
});

it('statuses stay in their place', () => {
  expect(statuses.slice(0, 5)).toEqual(['stopped', 'running', 'restarting', 'parked', 'swapping']);
});
