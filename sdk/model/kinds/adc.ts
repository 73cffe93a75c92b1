/** Analogue inputs. */
import { textField } from '../context.js';
import type { KindModel } from './kind.js';

export const adc = {
  makers: (use) => [(random) => [{ kind: 'adc', input: textField(use, 'name'), millivolts: random.between(0, 3300) }]],
} as const satisfies KindModel;
