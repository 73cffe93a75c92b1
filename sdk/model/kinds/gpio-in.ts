/** Digital inputs: a level counts when it has been stable for the debounce interval. */
import { numberField, textField } from '../context.js';
import type { Input, InputSite, KindModel, Maker } from './kind.js';
import type { Stimulus } from '../stimulus.js';

/** Bits of a source's `edges`. */
const PRESS = 1;
const RELEASE = 2;

class DigitalInput implements Input {
  readonly pin: string;
  readonly intervalUs: number;
  /** End of the running interval. */
  dueUs: number | undefined;
  /** Electrical levels: of the pin, and as reported last. */
  private raw: 0 | 1;
  private reported: 0 | 1;

  /** Takes the level that it finds. */
  constructor(private readonly site: InputSite) {
    const { use, devices } = site;
    this.pin = textField(use, 'name');
    this.intervalUs = numberField(use, 'debounce');
    devices.pins.input(this.pin, this.pull);
    this.raw = devices.pins.level(this.pin);
    this.reported = this.raw;
  }

  get level(): 0 | 1 {
    return numberField(this.site.use, 'active') === 1 ? (this.reported === 1 ? 0 : 1) : this.reported;
  }

  get pull(): number {
    return numberField(this.site.use, 'pull');
  }

  changed(value: number, timeUs: number): void {
    this.raw = value === 0 ? 0 : 1;
    if (this.intervalUs > 0) this.dueUs = timeUs + this.intervalUs;
    else if (this.dueUs !== undefined) {
      // The edge that waited for room and this one undo each other.
      this.dueUs = undefined;
      this.site.lose(2, timeUs);
    } else if (this.site.fits()) this.pass(timeUs);
    else this.dueUs = timeUs;
  }

  /** The interval ended, or there is none: reports the level if it differs from the one reported last. */
  pass(timeUs: number): void {
    this.dueUs = undefined;
    if (this.raw === this.reported) return;
    this.reported = this.raw;
    this.site.report('edge', this.level, timeUs, this.level === 1 ? PRESS : RELEASE);
  }

  /** Takes over from the input of the version before that has the same interval, else from the last one on the pin. */
  takeOver(before: readonly Input[]): void {
    const onPin = before
      .filter((input) => input instanceof DigitalInput)
      .filter(({ pin, pull }) => pin === this.pin && pull === this.pull);
    const old = onPin.find(({ intervalUs }) => intervalUs === this.intervalUs) ?? onPin.at(-1);
    if (old === undefined) return;
    this.raw = old.raw;
    this.reported = old.reported;
    this.dueUs = old.dueUs;
  }
}

/** Several edges close together, and sometimes time enough for the last to count. */
function bounces(pin: string, debounceUs: number): Maker {
  return (random) => {
    const edges = random.between(1, 4);
    const stimuli: Stimulus[] = [];
    for (let i = 0; i < edges; i++) {
      const drive = random.once(20) ? 'float' : random.pick([0, 1] as const);
      stimuli.push({ kind: 'pin', pin, drive }, { kind: 'advance', us: random.between(0, Math.ceil(debounceUs / 2)) });
    }
    if (random.once(2)) stimuli.push({ kind: 'advance', us: debounceUs });
    return stimuli;
  };
}

export const gpioIn = {
  input: (site) => new DigitalInput(site),
  makers: (use) => [bounces(textField(use, 'name'), numberField(use, 'debounce'))],
} as const satisfies KindModel;
