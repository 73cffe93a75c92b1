/** Everything that is wired to the model. Its state outlives the power of the board. */
import { PwmChannels } from './pwm.js';
import { Pins, type PinListener } from './pins.js';
import { I2cBuses, SpiBuses } from './registers.js';
import { SerialPorts, type SerialListener } from './uart.js';

export type { PinListener } from './pins.js';
export type { PwmState } from './pwm.js';

export class Devices {
  readonly pins: Pins;
  readonly pwm = new PwmChannels();
  readonly i2c = new I2cBuses();
  readonly spi = new SpiBuses();
  readonly serial: SerialPorts;
  /** Millivolts at the analogue inputs. */
  readonly analogMv = new Map<string, number>();

  constructor(edge: PinListener, received: SerialListener) {
    this.pins = new Pins(edge);
    this.serial = new SerialPorts(received);
  }

  /** What a power cut does to the board's side. */
  reset(): void {
    this.pins.reset();
    this.pwm.reset();
    this.serial.reset();
  }
}
