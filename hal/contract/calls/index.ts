import type { HostCall } from './types.js';
import { adc } from './adc.js';
import { gpio } from './gpio.js';
import { i2c } from './i2c.js';
import { log } from './log.js';
import { message } from './message.js';
import { param } from './param.js';
import { pwm } from './pwm.js';
import { spi } from './spi.js';
import { timer } from './timer.js';
import { uart } from './uart.js';

/** The groups, in the order of the reference documentation. */
export const groups = { gpio, pwm, i2c, spi, adc, uart, timer, message, param, log } as const;

/** Name of a group of host calls, as board files say which they have. */
export type GroupName = keyof typeof groups;

/** Every host call, by id. */
export const calls: readonly HostCall[] = Object.values(groups)
  .flat()
  .sort((a, b) => a.id - b.id);

/** Ids of calls that once existed and must not be used again. */
export const tombstones: readonly number[] = [];
