/** What can happen to an app from outside. */
import type { ErrorName } from '../../hal/contract/index.js';
import type { Drive } from './devices/index.js';

/** One thing that happens. */
export type Stimulus =
  | { readonly kind: 'advance'; readonly us: number }
  | { readonly kind: 'pin'; readonly pin: string; readonly drive: Drive }
  | { readonly kind: 'adc'; readonly input: string; readonly millivolts: number }
  | {
      readonly kind: 'i2c';
      readonly bus: string;
      readonly address: number;
      readonly reg: number;
      readonly data: readonly number[];
    }
  | { readonly kind: 'i2c.device'; readonly bus: string; readonly address: number; readonly present: boolean }
  | {
      readonly kind: 'i2c.fault';
      readonly bus: string;
      readonly address: number;
      readonly error: ErrorName;
      readonly count: number;
    }
  | {
      readonly kind: 'spi';
      readonly bus: string;
      readonly select: string;
      readonly reg: number;
      readonly data: readonly number[];
    }
  | { readonly kind: 'uart'; readonly port: string; readonly data: readonly number[] }
  | { readonly kind: 'publish'; readonly topic: string; readonly values: readonly number[] }
  | { readonly kind: 'param'; readonly behaviour: string; readonly name: string; readonly value: number | bigint };
