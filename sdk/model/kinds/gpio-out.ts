/** Digital outputs. A program writes logical levels; `active` says which voltage is 1. */
import { numberField, textField } from '../context.js';
import type { Devices } from '../devices/index.js';
import type { Use } from '../manifest.js';
import type { KindModel, Output } from './kind.js';

/** Values of `safe`. */
const SAFE_HIGH = 1;
const SAFE_HOLD = 2;

class DigitalOutput implements Output {
  level: 0 | 1 = 0;

  constructor(
    private readonly use: Use,
    private readonly devices: Devices,
  ) {}

  begin(): void {
    this.write(numberField(this.use, 'safe') === SAFE_HIGH ? 1 : 0);
  }

  /** The voltage stays: the logical level is the other one if the versions differ in `active`. */
  takeOver(): void {
    this.level = this.inverted(this.devices.pins.level(textField(this.use, 'name')));
  }

  safe(): void {
    const safe = numberField(this.use, 'safe');
    if (safe !== SAFE_HOLD) this.write(safe === SAFE_HIGH ? 1 : 0);
  }

  write(level: 0 | 1): void {
    this.level = level;
    this.devices.pins.write(textField(this.use, 'name'), this.inverted(level));
  }

  /** Electrical level of a logical one, and back. */
  private inverted(level: 0 | 1): 0 | 1 {
    return numberField(this.use, 'active') === 1 ? (level === 1 ? 0 : 1) : level;
  }
}

export const gpioOut = { output: (use, devices) => new DigitalOutput(use, devices) } as const satisfies KindModel;
