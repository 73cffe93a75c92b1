import { describe, expect, it } from 'vitest';
import { logged } from './testing/run.js';

/** The value of an expression over variables that the compiler can't know. */
function valueOf(type: string, vars: string, expression: string): number | bigint | undefined {
  return logged(
    `behaviour t\n${vars
      .split(';')
      .map((each) => `var ${each.trim()}`)
      .join(
        '\n',
      )}\nvar r: ${type} = ${type === 'bool' ? 'false' : '0'}\nr = ${expression}\nlog "{}", ${type === 'i64' ? 'i32(r)' : 'r'}\n`,
  )[0];
}

/** Type, variables, expression, value. */
const values: readonly (readonly [string, string, string, number])[] = [
  // wrapping at the declared width
  ['u8', 'a: u8 = 250', 'a + 10', 4],
  ['u8', 'a: u8 = 3', 'a - 5', 254],
  ['i8', 'a: i8 = 127', 'a + 1', -128],
  ['u16', 'a: u16 = 300', 'a * a', 24464],
  ['i16', 'a: i16 = -32768', 'a - 1', 32767],
  ['i32', 'a: i32 = 2147483647', 'a + 1', -2147483648],
  ['u32', 'a: u32 = 0', 'a - 1', -1],
  ['i8', 'a: i8 = -128', '-a', -128],
  ['u8', 'a: u8 = 5', '~a', 250],
  ['i32', 'a: u8 = 200; b: u8 = 100', 'i32(a + b)', 44],
  ['i32', 'a: u8 = 200; b: u8 = 100', 'i32(a) + i32(b)', 300],
  // comparisons look at the value, not at upper bits
  ['bool', 'a: u8 = 250', 'a + 10 < 5', 1],
  ['bool', 'a: u32 = 4294967295', 'a > 1', 1],
  ['bool', 'a: i32 = -1', 'a > 1', 0],
  ['bool', 'a: i64 = -1', 'a < 0', 1],
  // saturation
  ['u8', 'a: u8 = 250', 'a +| 10', 255],
  ['u8', 'a: u8 = 3', 'a -| 5', 0],
  ['i8', 'a: i8 = 100', 'a +| 100', 127],
  ['i8', 'a: i8 = -100', 'a -| 100', -128],
  ['u16', 'a: u16 = 65535', 'a +| 1', 65535],
  ['u16', 'a: u16 = 0', 'a -| 1', 0],
  ['u16', 'a: u16 = 7', 'a +| 1', 8],
  ['i32', 'a: i32 = 2147483647', 'a +| 1', 2147483647],
  ['i32', 'a: i32 = 2147483600', 'a +| 100', 2147483647],
  ['i32', 'a: i32 = -2147483600', 'a -| 100', -2147483648],
  ['i32', 'a: i32 = 5; b: i32 = -9', 'a +| b', -4],
  ['i32', 'a: i32 = -5; b: i32 = -2147483648', 'a -| b', 2147483643],
  ['i32', 'a: i32 = 5; b: i32 = -2147483648', 'a -| b', 2147483647],
  ['u32', 'a: u32 = 4294967290', 'a +| 100', -1],
  ['u32', 'a: u32 = 4', 'a -| 5', 0],
  ['u32', 'a: u32 = 4294967295', 'a +| 1', -1],
  ['i64', 'a: i64 = 9223372036854775807', '(a +| 5) >> 40', 8388607],
  ['i64', 'a: i64 = -9223372036854775808', '(a -| 1) >> 60', -8],
  // division and remainder truncate; the least value / -1 wraps
  ['i32', 'a: i32 = -7', 'a / 2', -3],
  ['i32', 'a: i32 = -7', 'a % 2', -1],
  ['u8', 'a: u8 = 200', 'a / 3', 66],
  ['i32', 'a: i32 = -2147483648', 'a / -1', -2147483648],
  ['i8', 'a: i8 = -128', 'a / -1', -128],
  ['u32', 'a: u32 = 4294967295', 'a / 2', 2147483647],
  ['u32', 'a: u32 = 4294967295', 'a % 16', 15],
  ['i32', 'a: i32 = -7', 'a * 8', -56],
  ['i32', 'a: i32 = -2147483648; b: i32 = -1', 'a / b else 9', -2147483648],
  ['i32', 'a: i32 = 1; b: i32 = 0', 'a / b else 9', 9],
  ['i32', 'a: i32 = -2147483648; b: i32 = -1', 'a % b else 9', 0],
  // shifts
  ['u8', 'a: u8 = 129', 'a << 1', 2],
  ['i8', 'a: i8 = -128', 'a >> 3', -16],
  ['u8', 'a: u8 = 128', 'a >> 3', 16],
  ['u8', 'a: u8 = 128', 'a >> u8(11)', 16],
  ['u8', 'a: u8 = 1; b: u8 = 9', 'a << b', 2],
  ['i64', 'a: i64 = 1; b: u8 = 65', 'a << b', 2],
  ['u8', 'a: u8 = 1', 'a << u8(9)', 2],
  ['u16', 'a: u16 = 3', 'a << u16(17)', 6],
  ['i64', 'a: i64 = 1', 'a << u8(65)', 2],
  ['u32', 'a: u32 = 2147483648', 'a >> 31', 1],
  ['i32', 'a: i32 = -8', 'a >> 1', -4],
  // bits
  ['u8', 'a: u8 = 12', 'a & 10', 8],
  ['u8', 'a: u8 = 12', 'a | 3', 15],
  ['u8', 'a: u8 = 12', 'a ^ 255', 243],
  ['bool', 'a: bool = true', 'a ^ true', 0],
  // casts
  ['u8', 'a: i32 = 300', 'u8(a)', 44],
  ['i8', 'a: u8 = 200', 'i8(a)', -56],
  ['i16', 'a: u8 = 200', 'i16(a)', 200],
  ['u16', 'a: i8 = -1', 'u16(a)', 65535],
  ['i32', 'a: i64 = 4294967297', 'i32(a)', 1],
  ['i32', 'a: f32 = 1e10', 'i32(a)', 2147483647],
  ['u8', 'a: f32 = -3.5', 'u8(a)', 0],
  ['u8', 'a: f32 = 1e3', 'u8(a)', 255],
  ['i8', 'a: f32 = -1e3', 'i8(a)', -128],
  ['i32', 'a: f32 = -2.9', 'i32(a)', -2],
  ['i16', 'a: f32 = 0', 'i16(a / a)', 0],
  ['u32', 'a: f32 = 4e9', 'u32(a)', -294967296],
  ['f32', 'a: u32 = 4294967295', 'f32(a)', 4294967296],
  ['f32', 'a: i32 = -1', 'f32(a)', -1],
  ['u8', 'a: bool = true', 'u8(a) + 1', 2],
  // floats are f32 at every step, in the order written
  ['f32', 'a: f32 = 16777216', 'a + 1.0 + 1.0', 16777216],
  ['f32', 'a: f32 = 16777216', 'a + (1.0 + 1.0)', 16777218],
  ['f32', 'a: f32 = 0.1', 'a * 3.0', Math.fround(Math.fround(0.1) * 3)],
  ['bool', 'a: f32 = 0', 'a / a == a / a', 0],
  ['bool', 'a: f32 = 0', '!(a / a < 1.0)', 1],
  ['bool', 'a: f32 = 0', '!(a / a >= 1.0)', 1],
  // constants are exact until they take a type
  ['f32', 'a: f32 = 0', 'a + 0.1 + 1 / 3', Math.fround(Math.fround(0.1) + Math.fround(1 / 3))],
  ['i32', 'a: i32 = 0', 'a + 7 / 2 * 2', 7],
  ['f32', 'a: f32 = 1', 'a * 0.01', Math.fround(0.01)],
  // precedence
  ['i32', 'a: i32 = 2', 'a + 3 * 4', 14],
  ['i32', 'a: i32 = 2', 'a << 1 + 1', 8],
  ['bool', 'a: i32 = 2', 'a & 2 == 2 || false', 1],
];

describe('values', () => {
  it.each(values)('%s: with %s, %s is %d', (type, vars, expression, wanted) => {
    expect(valueOf(type, vars, expression)).toBe(wanted);
  });
});

describe('statements', () => {
  const body = (text: string, answers = {}): unknown =>
    logged(
      `behaviour t\nuse b: gpio.in = board.BUTTON\nuse s: i2c = board.I2C1 at 0x48\nvar n: i32 = 0\n${text}\n`,
      [0],
      answers,
    );

  it('for counts up, down, by steps, and without its last value', () => {
    expect(body('for i in 0 ..= 3 { log "{}", i }')).toEqual([0, 1, 2, 3]);
    expect(body('for i in 3 .. 0 step -1 { log "{}", i }')).toEqual([3, 2, 1]);
    expect(body('for i in 0 ..= 7 step 3 { log "{}", i }')).toEqual([0, 3, 6]);
    expect(body('for i: u8 in 254 ..= 255 { log "{}", i }')).toEqual([254, 255]);
    expect(body('for i in 2147483646 ..= 2147483647 { log "{}", i }')).toEqual([2147483646, 2147483647]);
    expect(body('for i in 0 ..= 4 { if i == 2 { continue }; log "{}", i }')).toEqual([0, 1, 3, 4]);
  });

  it('match takes the arm that has the value', () => {
    const arms =
      'match n { 0 => log "{}", 10\n1 | 4 ..= 6 => { log "{}", 20 }\n-3 ..= -1 => log "{}", 30\n_ => log "{}", 40 }';
    expect([0, 1, 5, -2, 9, 3].flatMap((n) => body(`n = ${n}\n${arms}`))).toEqual([10, 20, 20, 30, 40, 40]);
    expect(body('match b.read() { true => log "{}", 1\nfalse => log "{}", 2 }', { 8: () => 1 })).toEqual([1]);
  });

  it('a bool operator evaluates its right side only if it matters', () => {
    const calls = (first: number): unknown =>
      body(
        'fn f(): bool { log "{}", 7; return true }\nif b.read() && f() { log "{}", 1 }\nif b.read() || f() { log ' +
          '"{}", 2 }',
        { 8: () => first },
      );
    expect(calls(0)).toEqual([7, 2]);
    expect(calls(1)).toEqual([7, 1, 2]);
  });

  it('else takes the place of a result that is an error, and only then', () => {
    const read = (answer: number): unknown =>
      body('let x = s.read_i16be(reg: 0) else -7\nlog "{} {}", x, n', { 2: () => answer });
    expect(read(-32768)).toEqual([-32768, 0]);
    expect(read(-65536 - 5)).toEqual([-7, 0]);
  });

  it('a variable keeps its value if the call that would set it fails', () => {
    const source = 'var m: u8 = 5\nm = s.read_u8(reg: 0) else { log "{}", 1 }\nlog "{}", m';
    expect(body(source, { d: () => -65541 })).toEqual([1, 5]);
    expect(body(source, { d: () => 9 })).toEqual([9]);
  });

  it('functions return early, from inside of loops, with their arguments', () => {
    const f = 'fn f(a: i32, c: i32): i32 { for i in 0 ..= 9 { if i * a > c { return i } }; return -1 }\n';
    expect(body(`${f}log "{}", f(3, 10)`)).toEqual([4]);
    expect(body(`${f}log "{} {}", f(1, 100), f(2, 5)`)).toEqual([-1, 3]);
    expect(body('fn g(a: i32) { if a > 3 { return }; n += a }\ng(2); g(5); g(1)\nlog "{}", n')).toEqual([3]);
  });

  it('fields of a message are evaluated before the first is put, also if one sends a message itself', () => {
    const source =
      'message M { a: i32, b: i32 }\npublish o: M = "t"\nfn f(): i32 { o.send({ a: 1, b: 2 }); n += 1; return 3 ' +
      '}\no.send({ a: n, b: f() })';
    expect(body(source)).toEqual([1, 2, 0, 3]);
  });
});

describe('units', () => {
  it('a constant beside a value takes the scale of its unit', () => {
    expect(valueOf('f32', 'v: f32 m/s = 3m / 1s', 'v * 10ms / 1m')).toBe(Math.fround(3 * Math.fround(0.01)));
    expect(valueOf('i32', 't: i32 us = 5000us', 't / 1ms')).toBe(5);
  });

  it('constants convert, values keep their unit until told', () => {
    expect(valueOf('f32', 'd: f32 m = 2m', 'f32((d + 5mm) / 1m)')).toBe(Math.fround(2 + Math.fround(0.005)));
    expect(valueOf('i32', 'd: i32 m = 2m', '(d as mm) / 1mm')).toBe(2000);
    expect(valueOf('f32', 'w: f32 deg = 180deg', '(w as rad) / 1rad')).toBe(
      Math.fround(Math.fround(Math.PI / 180) * 180),
    );
    expect(valueOf('i32', 't: duration = 1500ms', 'i32(t / 1ms)')).toBe(1500);
    expect(valueOf('f32', 'v: f32 m/s = 3m / 1s', 'v * 2s / 1m')).toBe(6);
  });
});
