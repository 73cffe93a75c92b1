/** Topics that a behaviour receives: messages with random fields. */
import type { Scalar } from '../../../hal/contract/index.js';
import { textField } from '../context.js';
import type { Random } from '../random.js';
import { parseSchema } from '../schema.js';
import type { KindModel } from './kind.js';

const FIELD_RANGES: Readonly<Partial<Record<Scalar, readonly [number, number]>>> = {
  bool: [0, 1],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
};

function fieldValue(random: Random, type: Scalar): number {
  const range = FIELD_RANGES[type];
  if (range === undefined) return Math.fround(random.between(-1_000_000, 1_000_000) / 1000);
  return random.once(4) ? random.pick(range) : random.between(...range);
}

export const subscribe = {
  makers: (use) => {
    const schema = parseSchema(textField(use, 'schema'));
    return [
      (random) => [
        {
          kind: 'publish',
          topic: textField(use, 'topic'),
          values: schema.map(({ type }) => fieldValue(random, type)),
        },
      ],
    ];
  },
} as const satisfies KindModel;
