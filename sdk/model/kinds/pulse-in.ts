/** Pulses on a pin, measured from the edge to the active level to the edge back. */
import { numberField, textField } from '../context.js';
import type { Use } from '../manifest.js';
import type { Input, InputSite, KindModel, Maker } from './kind.js';

/** Bits of a source's `events`. */
const ECHO = 1;
const TIMEOUT = 2;

/** Fields in which two versions mean the same by a pulse on one pin. */
const MEANING = ['name', 'pull', 'active', 'timeout'] as const;

class PulseInput implements Input {
  /** When the pulse that is measured began; `undefined`: none is. */
  private beganUs: number | undefined;
  /** A pulse whose end waits for room in the queue. */
  private ended: { readonly atUs: number; readonly widthUs: number } | undefined;

  constructor(private readonly site: InputSite) {
    const { use, devices } = site;
    devices.pins.input(textField(use, 'name'), numberField(use, 'pull'));
  }

  get use(): Use {
    return this.site.use;
  }

  get dueUs(): number | undefined {
    if (this.ended) return this.ended.atUs;
    return this.beganUs === undefined ? undefined : this.beganUs + numberField(this.use, 'timeout');
  }

  changed(value: number, timeUs: number): void {
    const activeLevel = numberField(this.use, 'active') === 1 ? 0 : 1;
    const dueUs = this.dueUs;
    if (value === activeLevel) {
      if (dueUs !== undefined) this.site.lose(1, timeUs);
      this.ended = undefined;
      this.beganUs = timeUs;
    } else if (this.beganUs !== undefined && dueUs !== undefined && timeUs < dueUs) {
      this.ended = { atUs: timeUs, widthUs: timeUs - this.beganUs };
      this.beganUs = undefined;
      if (this.site.fits()) this.pass(timeUs);
    }
  }

  /** It has ended before, or has lasted too long: then whatever comes of it is nothing. */
  pass(timeUs: number): void {
    const ended = this.ended;
    this.beganUs = undefined;
    this.ended = undefined;
    if (ended) this.site.report('pulse', ended.widthUs, timeUs, ECHO);
    else this.site.report('pulse', numberField(this.use, 'timeout'), timeUs, TIMEOUT);
  }

  takeOver(before: readonly Input[]): void {
    const same = before
      .filter((input) => input instanceof PulseInput)
      .find(({ use }) => MEANING.every((field) => use.fields[field] === this.use.fields[field]));
    this.beganUs = same?.beganUs;
    this.ended = same?.ended;
  }
}

/** Pulses about as long as the timeout, so that some end, some don't, and some last exactly as long; and short ones. */
function pulses(use: Use): Maker {
  const pin = textField(use, 'name');
  const timeoutUs = numberField(use, 'timeout');
  return (random) => {
    const us = random.once(4) ? timeoutUs : random.between(0, random.once(3) ? 100 : Math.ceil(timeoutUs * 1.2));
    const drive = random.pick([0, 1] as const);
    return [
      { kind: 'pin', pin, drive },
      { kind: 'advance', us },
      { kind: 'pin', pin, drive: random.once(8) ? 'float' : drive === 1 ? 0 : 1 },
    ];
  };
}

export const pulseIn = {
  input: (site) => new PulseInput(site),
  makers: (use) => [pulses(use)],
} as const satisfies KindModel;
