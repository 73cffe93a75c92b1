import { expect, it } from 'vitest';
import { handmade } from '../model/testing/handmade.js';
import { decodeModule } from '../image/decode.js';
import { needsOf } from './index.js';

it('a module of a few bytes that asks for billions of variables is answered at once', () => {
  const module = [...handmade('(module (func (export "r") (param i32 i32) (local i64 i32)))', { name: 'm' })];
  expect(needsOf(Uint8Array.from(module), 4)?.stack).toBeGreaterThan(0);
  // Section code: one function of 6 bytes, two groups of locals, `end`.
  const at = module.join().split([10, 8, 1, 6, 2, 1, 0x7e, 1, 0x7f, 0x0b].join())[0]?.split(',').length ?? 0;
  const code = [10, 12, 1, 10, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7e, 1, 0x7f, 0x0b];
  const hostile = [...module.slice(0, at - 1), ...code, ...module.slice(at + 9)];
  expect(decodeModule(Uint8Array.from(hostile)).bodies[0]?.locals[0]?.count).toBe(2 ** 32 - 1);
  expect(needsOf(Uint8Array.from(hostile), 4)).toBeUndefined();
});
