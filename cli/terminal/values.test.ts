import { describe, expect, it } from 'vitest';
import { CborFloat } from '../../sdk/wire/index.js';
import { UserError } from '../errors.js';
import { jsonFields, parseFields, showFields, type Topic } from '../device/topics.js';
import { fillLog, jsonValue, parseSchema, parseValue, showLine, showTime, showValue } from './values.js';

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
    expect(jsonValue(new CborFloat(Infinity))).toBeNull();
  });

  it('are read by their type', () => {
    expect(parseValue('1', 'f32')).toEqual(new CborFloat(1));
    expect(parseValue('-1e-3', 'f32')).toEqual(new CborFloat(-0.001));
    expect(parseValue('-12', 'i32')).toBe(-12);
    expect(parseValue('9007199254740993', 'i64')).toBe(9_007_199_254_740_993n);
    expect([parseValue('true', 'bool'), parseValue('off', 'bool')]).toEqual([1, 0]);
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
    expect(() => parseValue(text, type)).toThrow(UserError);
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
