import { describe, expect, it } from 'vitest';
import { calls, limits } from '../../hal/contract/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import type { Hello } from '../transport/link.js';
import { checkFits } from './fits.js';

const bitmap = (ids: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(16);
  for (const id of ids) bytes[id >> 3] = (bytes[id >> 3] ?? 0) | (1 << (id & 7));
  return bytes;
};
const all = calls.map(({ id }) => id);
const hello = (ids: readonly number[], abi: number = limits.abi.value): Hello => ({ abi, calls: bitmap(ids) }) as Hello;
const module = (ids: readonly number[]): Uint8Array =>
  handmade('(module (func (export "r") (param i32 i32)))', { name: 'x', calls: ids });
const app = (...ids: number[]) => ({ class: 'virtual', modules: [module([]), module(ids)] });

describe('an app and a board', () => {
  it('fit when the board has every call', () => {
    expect(() => checkFits(app(...all), hello(all))).not.toThrow();
  });

  it.each(all)('do not fit when it lacks call %d, and its name is said', (id) => {
    const name = calls.find((call) => call.id === id)?.name ?? '';
    expect(() => checkFits(app(id), hello(all.filter((other) => other !== id)))).toThrow(`lacks the host call ${name}`);
  });

  it('do not fit when they speak different ABI versions', () => {
    expect(() => checkFits(app(), hello(all, 1))).toThrow('ABI version 1');
  });

  it('leave a module without a readable manifest to the board', () => {
    const bare = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(() => checkFits({ class: 'virtual', modules: [bare] }, hello([]))).not.toThrow();
  });
});
