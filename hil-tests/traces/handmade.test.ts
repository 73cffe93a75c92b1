import { expect, it } from 'vitest';
import { CborFloat } from '../../sdk/wire/index.js';
import { handmade } from '../../sdk/host/testing/handmade.js';
import { compareTraces, EVENTS, firstDifference } from './compare.js';

const KALMAN = `(module
  (import "t" "2" (func $i2c_read_i16be (param i32 i32) (result i32)))
  (import "t" "3" (func $msg_put_f32 (param f32)))
  (import "t" "4" (func $msg_send (param i32)))
  (global $q (mut f32) (f32.const 0.01))
  (func (export "r") (param $source i32) (param $argument i32) (local $raw i32)
    (br_if 0 (i32.eqz (local.get $source)))
    (br_if 0 (i32.lt_s (local.tee $raw (call $i2c_read_i16be (i32.const 0) (i32.const 0))) (i32.const -32768)))
    (call $msg_put_f32 (f32.mul (global.get $q) (f32.convert_i32_s (local.get $raw))))
    (call $msg_send (i32.const 1))))`;

it('a sensor, a parameter and a limited topic', async () => {
  const module = handmade(KALMAN, {
    name: 'k', calls: [2, 3, 4], uses: [[6, 'I2C1', 72, 400], [10, 'x', 100, 'x:f32'], [12, 'q', 0, 4, new CborFloat(0), new CborFloat(1)]],
    sources: [[0, 10_000]], state: [1, 0],
  });
  const both = await compareTraces([module], 1, EVENTS);
  expect(firstDifference(both)).toBeUndefined();
});
