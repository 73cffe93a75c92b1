/** Topics that a behaviour receives: messages with random fields. */
import type { Scalar } from '../../../hal/contract/index.js';
import { textField } from '../context.js';
import type { Random } from '../random.js';
import { parseSchema, RANGES } from '../schema.js';
import type { KindModel } from './kind.js';

function fieldValue(random: Random, type: Scalar): number {
  const range = RANGES[type];
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
