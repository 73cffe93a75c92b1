import { describe, expect, it } from 'vitest';
import { CborFloat } from '../../sdk/wire/index.js';
import { Random } from '../../sdk/model/random.js';
import { UserError } from '../errors.js';
import { jsonFields, parseFields, showFields, type Topic } from '../device/topics.js';
import {
  fillLog,
  holesOf,
  jsonValue,
  parseSchema,
  parseValue,
  showLine,
  showTime,
  showValue,
  type ValueForm,
} from './values.js';

const tried = (text: string, form: ValueForm): unknown => {
  try {
    return parseValue(text, form);
  } catch (error) {
    return error instanceof UserError ? 'refused' : error;
  }
};

describe('values', () => {
  it('are shown with as many digits as they have, and their unit', () => {
    expect(showValue(new CborFloat(0.1))).toBe('0.1');
    expect(showValue(new CborFloat(3))).toBe('3');
    expect(showValue(new CborFloat(16_777_216))).toBe('16777216');
    for (const value of [1 / 3, 1e-40, 3.4e38, -0.001, 123456.789])
      expect(Math.fround(Number(showValue(new CborFloat(value))))).toBe(Math.fround(value));
    expect(showValue(-5, { unit: 'us' })).toBe('-5us');
    expect(showValue(1, { type: 'bool' })).toBe('true');
    expect(showValue(9_007_199_254_740_993n)).toBe('9007199254740993');
    expect(showValue(new CborFloat(NaN))).toBe('NaN');
  });

  it('become JSON without loss', () => {
    expect([new CborFloat(0.5), 3, 5n, 9_007_199_254_740_993n].map((value) => jsonValue(value))).toEqual([
      0.5,
      3,
      5,
      '9007199254740993',
    ]);
    expect(jsonValue(1, 'bool')).toBe(true);
    expect(jsonValue(new CborFloat(Infinity))).toBe('Infinity');
  });

  it('are read by their type', () => {
    expect(parseValue('1', { type: 'f32' })).toEqual(new CborFloat(1));
    expect(parseValue('-1e-3', { type: 'f32' })).toEqual(new CborFloat(-0.001));
    expect(parseValue('-12', { type: 'i32' })).toBe(-12);
    expect(parseValue('9007199254740993', { type: 'i64' })).toBe(9_007_199_254_740_993n);
    expect([parseValue('true', { type: 'bool' }), parseValue('off', { type: 'bool' })]).toEqual([1, 0]);
  });

  it.each([
    ['x', 'f32'],
    ['', 'f32'],
    ['1.5', 'i32'],
    ['12us', 'i32'],
    ['', 'u8'],
    ['2', 'bool'],
    ['0x10', 'i32'],
    ['9223372036854775808', 'i32'],
    ['-9223372036854775809', 'i64'],
  ])('refuse %j as %s', (text, type) => {
    expect(() => parseValue(text, { type })).toThrow(UserError);
  });

  it('that are shown can be given back, whatever their type and unit', () => {
    const random = new Random(22);
    const bits = new DataView(new ArrayBuffer(8));
    const integers = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64 } as const;
    for (let run = 0; run < 20_000; run++) {
      bits.setUint32(0, random.next());
      bits.setUint32(4, random.next());
      const unit = random.pick(['', 'us', 's', 'm/s', 'pct', 'degC', '1/s', 'm*V/s^2']);
      const float = new CborFloat(bits.getFloat32(0));
      expect(parseValue(showValue(float, { type: 'f32', unit }), { type: 'f32', unit })).toEqual(float);
      for (const [type, size] of Object.entries(integers)) {
        const low = bits.getBigUint64(0) >> BigInt(random.between(0, 63));
        const value = type.startsWith('u') ? BigInt.asUintN(size, low) : BigInt.asIntN(size, low);
        const wire = Number.isSafeInteger(Number(value)) ? Number(value) : value;
        expect(parseValue(showValue(wire, { type, unit }), { type, unit })).toEqual(wire);
      }
    }
    for (const special of [NaN, Infinity, -Infinity, -0, 0, 1e-45])
      expect(parseValue(showValue(new CborFloat(special)), { type: 'f32' })).toEqual(
        new CborFloat(Math.fround(special)),
      );
    for (const value of [0, 1]) expect(parseValue(showValue(value, { type: 'bool' }), { type: 'bool' })).toBe(value);
  });

  it('may be written with any unit that measures the same', () => {
    const us = { type: 'i64', unit: 'us' };
    expect(['3s', '3000ms', '0.05min', '3e6us', '-2ms', '1.5us', '3kHz', '3m'].map((text) => tried(text, us))).toEqual([
      3_000_000,
      3_000_000,
      3_000_000,
      'refused',
      -2000,
      'refused',
      'refused',
      'refused',
    ]);
    const rad = { type: 'f32', unit: 'rad' };
    expect(tried('180deg', rad)).toEqual(new CborFloat(Math.fround(Math.PI)));
    expect(tried('-0rad', rad)).toEqual(new CborFloat(-0));
    expect(tried('9d', { type: 'u8', unit: 's' })).toBe('refused');
  });

  it('that no f32 holds are refused, but not infinity', () => {
    expect(tried('1e39', { type: 'f32' })).toBe('refused');
    expect(tried('Infinity', { type: 'f32' })).toEqual(new CborFloat(Infinity));
  });

  it('of a log line have the type that its template says', () => {
    const fields = [-1, 1, -1, new CborFloat(0.5)];
    expect(fillLog('{u32} {bool} {} {} {}', fields)).toBe('4294967295 true -1 0.5 {}');
    expect(holesOf('{u32} {bool} {} {x}')).toEqual(['u32', 'bool', '']);
    expect(jsonValue(-1, 'u32')).toBe(4_294_967_295);
  });

  it('fill log templates in order', () => {
    expect(fillLog('a {} b {} {}', [1, new CborFloat(2.5)])).toBe('a 1 b 2.5 {}');
    expect(showTime(1_500_000)).toBe('    1.500000');
  });

  it('name host calls where the board speaks of itself', () => {
    const text = 'the app is refused: denied, call 7 is not in the manifest';
    expect(showLine({ behaviour: '', text, fields: [] })).toBe(
      'the app is refused: denied, gpio.write is not in the manifest',
    );
    expect(showLine({ behaviour: '', text: 'call 250', fields: [] })).toBe('call 250');
    expect(showLine({ behaviour: 'phone', text, fields: [] })).toBe(text);
  });
});

describe('messages', () => {
  const topic: Topic = {
    topic: 't',
    schema: 'x:f32 degC,n:i32',
    publishers: 1,
    subscribers: 1,
    messages: 0,
    fields: parseSchema('x:f32 degC,n:i32'),
  };

  it('follow their schema', () => {
    expect(topic.fields).toEqual([
      { name: 'x', type: 'f32', unit: 'degC' },
      { name: 'n', type: 'i32', unit: '' },
    ]);
    expect(parseSchema('')).toEqual([]);
    expect(showFields(topic.fields, [new CborFloat(21.5), 3])).toBe('x=21.5degC n=3');
    expect(jsonFields(topic.fields, [new CborFloat(21.5), 3])).toEqual({ x: 21.5, n: 3 });
  });

  it('are read by name in any order, or in the order of the schema', () => {
    const values = [new CborFloat(1), 2];
    expect(parseFields(topic, ['n=2', 'x=1'])).toEqual(values);
    expect(parseFields(topic, ['1', '2'])).toEqual(values);
    for (const wrong of [['1'], ['1', '2', '3'], ['n=2', 'n=3'], ['y=1', 'n=2']])
      expect(() => parseFields(topic, wrong)).toThrow(UserError);
  });
});
