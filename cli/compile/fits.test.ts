import { describe, expect, it } from 'vitest';
import { calls, limits } from '../../hal/contract/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import type { Hello } from '../transport/link.js';
import { loadBoard } from '../project/boards.js';
import { buildApp } from './build.js';
import { checkFits } from './fits.js';
import { roomOf } from './image.js';

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

describe('a program is refused before anything is sent if its board lacks the memory', () => {
  const built = (body: string, board: string): Promise<unknown> =>
    buildApp(
      {
        kind: 'module',
        name: 'x',
        behaviours: [{ file: 'x.tars', source: `behaviour x\nvar n: i32 = 0\nevery 50ms {\n${body}}\n` }],
      } as unknown as Parameters<typeof buildApp>[0],
      loadBoard(board),
    );
  const constants = (count: number): string =>
    Array.from({ length: count }, (_, i) => `n = n ^ ${1000 + 37 * i}\n`).join('');
  const arm = (_: unknown, i: number): string => `${i} => { n = n * ${i + 2} + ${7 * i} }\n`;
  const arms = (count: number): string => `match n {\n${Array.from({ length: count }, arm).join('')}_ => {}\n}\n`;

  it('for more of something than any board loads', async () => {
    await expect(built(arms(600), 'virtual')).rejects.toThrow(/too much for a board: \d+ blocks .*at most 512/);
  });

  it('for its constants, which the engine keeps on the stack', async () => {
    await expect(built(constants(300), 'virtual')).resolves.toBeDefined();
    await expect(built(constants(600), 'virtual')).rejects.toThrow(/x needs \d+ bytes of stack, virtual has 4096/);
  });

  it('for the branches that wait for their targets while it is loaded', async () => {
    await expect(built(arms(128), 'virtual')).resolves.toBeDefined();
    await expect(built(arms(128), 'qemu-m7')).rejects.toThrow(/x needs \d+ bytes of memory, .* qemu-m7 has 32768/);
  });

  it('and a board that is connected says itself how large an arena is', () => {
    expect(roomOf('virtual', 1000).budgets).toMatchObject({ arena: 1000, stack: 4096 });
    expect(roomOf('no such class', 1000).budgets).toEqual({ arena: 1000, stack: Infinity });
  });
});
