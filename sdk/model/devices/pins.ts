/** Digital pins as seen from outside: electrical levels, pulls, who drives, and how often each changed. */

/** What a rig does to a pin: drives it low or high, or lets go. */
export type Drive = 0 | 1 | 'float';

/** Called for every change of a pin's electrical level. */
export type PinListener = (pin: string, level: 0 | 1) => void;

interface Pin {
  /** Level that the board drives; `undefined`: the board only listens. */
  output: 0 | 1 | undefined;
  pull: number;
  drive: Drive;
  edges: number;
}

/** Values of a `gpio.in` row's `pull`. */
const PULL_UP = 1;

export class Pins {
  private readonly pins = new Map<string, Pin>();

  constructor(private readonly changed: PinListener) {}

  /** An output wins over what the rig drives, the rig over the pull; an open pin without pull reads 0. */
  level(name: string): 0 | 1 {
    const pin = this.pin(name);
    if (pin.output !== undefined) return pin.output;
    if (pin.drive !== 'float') return pin.drive;
    return pin.pull === PULL_UP ? 1 : 0;
  }

  /** Changes of the level since the board started. */
  edges(name: string): number {
    return this.pin(name).edges;
  }

  drive(name: string, drive: Drive): void {
    this.change(name, (pin) => {
      pin.drive = drive;
    });
  }

  write(name: string, level: 0 | 1): void {
    this.change(name, (pin) => {
      pin.output = level;
    });
  }

  /** The board listens, also on a pin that it drove before. `pull`: 0 none, 1 up, 2 down. */
  input(name: string, pull: number): void {
    this.change(name, (pin) => {
      pin.output = undefined;
      pin.pull = pull;
    });
  }

  /** Power was cut: the board lets go of all pins; what the rig drives stays. */
  reset(): void {
    for (const pin of this.pins.values()) Object.assign(pin, { output: undefined, pull: 0, edges: 0 });
  }

  private change(name: string, apply: (pin: Pin) => void): void {
    const before = this.level(name);
    const pin = this.pin(name);
    apply(pin);
    const after = this.level(name);
    if (after === before) return;
    pin.edges++;
    this.changed(name, after);
  }

  private pin(name: string): Pin {
    let pin = this.pins.get(name);
    if (pin === undefined) {
      pin = { output: undefined, pull: 0, drive: 'float', edges: 0 };
      this.pins.set(name, pin);
    }
    return pin;
  }
}
