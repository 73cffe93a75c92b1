/** Parameters: values mostly inside the range, its ends included. */
import { paramTypes } from '../../../hal/contract/index.js';
import { numberField, textField } from '../context.js';
import type { Use } from '../manifest.js';
import type { Random } from '../random.js';
import type { KindModel, Maker } from './kind.js';

function params(use: Use, behaviour: string): Maker {
  const [low, high] = [numberField(use, 'min'), numberField(use, 'max')];
  const type = paramTypes[numberField(use, 'type')];
  const inside = (random: Random): number => {
    if (random.once(5)) return random.pick([low, high]);
    return type === 'f32'
      ? Math.fround(low + (random.between(0, 1 << 20) / (1 << 20)) * (high - low))
      : random.between(low, high);
  };
  return (random) => {
    const value = Math.min(Math.max(inside(random), low), high);
    return [{ kind: 'param', behaviour, name: textField(use, 'name'), value: type === 'i64' ? BigInt(value) : value }];
  };
}

export const param = { makers: (use, behaviour) => [params(use, behaviour)] } as const satisfies KindModel;
