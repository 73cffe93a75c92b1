/** A row for each kind of handle: what the model does for it, and what random tests do to it. */
import type { KindName, kinds } from '../../../hal/contract/index.js';
import { adc } from './adc.js';
import { i2c, spi } from './bus.js';
import { gpioIn } from './gpio-in.js';
import { gpioOut } from './gpio-out.js';
import type { KindModel } from './kind.js';
import { param } from './param.js';
import { pulseIn } from './pulse-in.js';
import { pwmDuty, pwmPulse } from './pwm.js';
import { subscribe } from './subscribe.js';
import { uart } from './uart.js';

export type { Input, InputSite, KindModel, Maker, Output } from './kind.js';

/** The function that the contract's role of a kind asks for. */
type Needed<Role> = Role extends 'output' | 'input' ? Required<Pick<KindModel, Role>> : unknown;
type Rows = { readonly [K in (typeof kinds)[number] as K['name']]: KindModel & Needed<K['role']> };

/** A kind of the contract without a row here, or without what its role needs, doesn't compile. */
const rows: Rows = {
  'gpio.out': gpioOut,
  'gpio.in': gpioIn,
  'pwm.pulse': pwmPulse,
  'pwm.duty': pwmDuty,
  adc,
  i2c,
  spi,
  uart,
  timer: {},
  publish: {},
  subscribe,
  param,
  'pulse.in': pulseIn,
};

/** The row of a kind. */
export const kindModel = (kind: KindName): KindModel => rows[kind];
