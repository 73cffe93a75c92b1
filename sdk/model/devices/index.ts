/** Everything that is wired to the model. Its state outlives the power of the board. */
import { PwmChannels } from './pwm.js';
import { Pins } from './pins.js';
import { I2cBuses, SpiBuses } from './registers.js';
import { SerialPorts } from './uart.js';

export type { Drive } from './pins.js';
export type { PwmState } from './pwm.js';

/**
 * Called with the level of a pin when it changed, and with the number of bytes that wait at a port when some came, of
 * which it could not hold `lost`.
 */
export type ResourceListener = (resource: string, value: number, lost?: number) => void;

export class Devices {
  readonly pins: Pins;
  readonly pwm = new PwmChannels();
  readonly i2c = new I2cBuses();
  readonly spi = new SpiBuses();
  readonly serial: SerialPorts;
  /** Millivolts at the analogue inputs. */
  readonly analogMv = new Map<string, number>();

  constructor(changed: ResourceListener) {
    this.pins = new Pins(changed);
    this.serial = new SerialPorts(changed);
  }

  /** What a power cut does to the board's side. */
  reset(): void {
    this.pins.reset();
    this.pwm.reset();
    this.serial.reset();
  }
}
