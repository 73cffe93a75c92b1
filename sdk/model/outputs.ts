/** The outputs of one behaviour: configuration, what was written last, and the safe state. */
import { numberField, textField } from './context.js';
import type { Devices } from './devices/index.js';
import type { Use } from './manifest.js';

/** `safe` of a gpio.out that keeps its level. */
const HOLD = 2;

export class Outputs {
  /** Logical levels by handle. */
  private readonly levels = new Map<number, 0 | 1>();
  private configured = false;

  constructor(
    private readonly uses: readonly Use[],
    private readonly devices: Devices,
  ) {}

  level(handle: number): 0 | 1 {
    return this.levels.get(handle) ?? 0;
  }

  write(handle: number, level: 0 | 1): void {
    const use = this.uses[handle];
    if (use === undefined) return;
    this.levels.set(handle, level);
    this.devices.pins.write(textField(use, 'name'), inverted(use, level));
  }

  /** The first time: sets every output to its safe level; one that holds starts low or off. */
  begin(): void {
    if (!this.configured)
      this.uses.forEach((use, handle) => {
        this.initialize(use, handle);
      });
    this.configured = true;
  }

  /** What the next version lacks becomes safe. */
  rest(next: Outputs): void {
    this.uses.forEach((use, handle) => {
      if (find(next.uses, use) < 0) this.makeSafe(use, handle);
    });
  }

  /** Takes over from an older version without a change of level. */
  takeOver(old: Outputs): void {
    this.uses.forEach((use, handle) => {
      const from = find(old.uses, use);
      const before = old.uses[from];
      if (before === undefined) this.initialize(use, handle);
      else if (use.kind === 'gpio.out') this.levels.set(handle, inverted(use, inverted(before, old.level(from))));
      else if (isOutput(use)) this.retune(use);
    });
    this.configured = true;
  }

  /** Puts every output into its declared safe state. */
  safe(): void {
    this.uses.forEach((use, handle) => {
      this.makeSafe(use, handle);
    });
  }

  private makeSafe(use: Use, handle: number): void {
    const value = Number(use.fields['safe']);
    if (use.kind === 'gpio.out' && value !== HOLD) this.write(handle, value === 1 ? 1 : 0);
    else if (use.kind === 'pwm.pulse' && value >= 0) this.devices.pwm.setPulse(textField(use, 'name'), value);
    else if (use.kind === 'pwm.duty' && value >= 0) this.devices.pwm.setDuty(textField(use, 'name'), value);
  }

  private initialize(use: Use, handle: number): void {
    if (use.kind === 'gpio.out') this.write(handle, numberField(use, 'safe') === 1 ? 1 : 0);
    if (use.kind !== 'pwm.pulse' && use.kind !== 'pwm.duty') return;
    const name = textField(use, 'name');
    const safe = Math.max(numberField(use, 'safe'), 0);
    this.devices.pwm.configure(name, numberField(use, 'frequency'));
    if (use.kind === 'pwm.pulse') this.devices.pwm.setPulse(name, safe);
    else this.devices.pwm.setDuty(name, safe);
  }

  /** A PWM channel that goes on, maybe at another frequency: pulse or duty stay what they were. */
  private retune(use: Use): void {
    const name = textField(use, 'name');
    const { frequencyHz, pulseUs, dutyPct } = this.devices.pwm.get(name);
    if (frequencyHz === numberField(use, 'frequency')) return;
    this.devices.pwm.configure(name, numberField(use, 'frequency'));
    if (use.kind === 'pwm.pulse') this.devices.pwm.setPulse(name, pulseUs);
    else this.devices.pwm.setDuty(name, dutyPct);
  }
}

function isOutput({ kind }: Use): boolean {
  return kind === 'gpio.out' || kind === 'pwm.pulse' || kind === 'pwm.duty';
}

/** Handle of the same kind on the same pin or channel, -1 if there is none. */
function find(uses: readonly Use[], like: Use): number {
  return uses.findIndex((use) => isOutput(use) && use.kind === like.kind && use.fields['name'] === like.fields['name']);
}

/** Electrical level of a logical one, and back. */
function inverted(use: Use, level: 0 | 1): 0 | 1 {
  return numberField(use, 'active') === 1 ? (level === 1 ? 0 : 1) : level;
}
