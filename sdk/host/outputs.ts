/** The outputs of one behaviour: configuration at load, what was written last, and the safe state. */
import { numberField, textField } from './context.js';
import type { Devices } from './devices/index.js';
import type { Use } from './manifest.js';

/** `safe` of a gpio.out that keeps its level. */
const HOLD = 2;

export class Outputs {
  /** Logical levels by handle. */
  private readonly levels = new Map<number, 0 | 1>();

  constructor(private readonly uses: readonly Use[], private readonly devices: Devices) {}

  level(handle: number): 0 | 1 {
    return this.levels.get(handle) ?? 0;
  }

  write(handle: number, level: 0 | 1): void {
    const use = this.uses[handle];
    if (use === undefined) return;
    this.levels.set(handle, level);
    this.devices.pins.write(textField(use, 'name'), electrical(use, level));
  }

  /** Configures what `keep` doesn't name and sets it to its safe level; an output that holds starts low or off. */
  configure(keep: ReadonlyMap<string, 0 | 1>): void {
    this.uses.forEach((use, handle) => {
      const kept = keep.get(outputKey(use));
      if (kept !== undefined) this.levels.set(handle, kept);
      else if (use.kind === 'gpio.out') this.write(handle, numberField(use, 'safe') === 1 ? 1 : 0);
      else if (use.kind === 'pwm.pulse' || use.kind === 'pwm.duty') this.configurePwm(use);
      else if (use.kind === 'uart') this.devices.serial.configure(textField(use, 'name'));
    });
  }

  /** Puts every output into its declared safe state. */
  safe(): void {
    this.uses.forEach((use, handle) => {
      const value = Number(use.fields['safe']);
      if (use.kind === 'gpio.out' && value !== HOLD) this.write(handle, value === 1 ? 1 : 0);
      else if (use.kind === 'pwm.pulse' && value >= 0) this.devices.pwm.setPulse(textField(use, 'name'), value);
      else if (use.kind === 'pwm.duty' && value >= 0) this.devices.pwm.setDuty(textField(use, 'name'), value);
    });
  }

  /** What this version has configured, with the logical levels of pins, for the version that takes over. */
  held(): Map<string, 0 | 1> {
    const outputs = this.uses.map((use, handle) => ({ use, handle })).filter(({ use }) => isClaimed(use));
    return new Map(outputs.map(({ use, handle }) => [outputKey(use), this.level(handle)]));
  }

  private configurePwm(use: Use): void {
    const name = textField(use, 'name');
    const safe = Math.max(numberField(use, 'safe'), 0);
    this.devices.pwm.configure(name, numberField(use, 'frequency'));
    if (use.kind === 'pwm.pulse') this.devices.pwm.setPulse(name, safe);
    else this.devices.pwm.setDuty(name, safe);
  }
}

function isClaimed({ kind }: Use): boolean {
  return kind === 'gpio.out' || kind === 'pwm.pulse' || kind === 'pwm.duty' || kind === 'uart';
}

function outputKey(use: Use): string {
  return `${use.kind} ${String(use.fields['name'])}`;
}

function electrical(use: Use, level: 0 | 1): 0 | 1 {
  return numberField(use, 'active') === 1 ? (level === 1 ? 0 : 1) : level;
}
