/** PWM channels. A channel keeps the pulse or the duty it was given and derives the other from its frequency. */

/** State of one channel. */
export interface PwmState {
  readonly pulseUs: number;
  readonly dutyPct: number;
  /** 0: the channel is off. */
  readonly frequencyHz: number;
  /** Changes since the board started. */
  readonly writes: number;
}

const OFF: PwmState = { pulseUs: 0, dutyPct: 0, frequencyHz: 0, writes: 0 };

export class PwmChannels {
  private readonly channels = new Map<string, PwmState>();

  get(name: string): PwmState {
    return this.channels.get(name) ?? OFF;
  }

  configure(name: string, frequencyHz: number): void {
    this.channels.set(name, { ...this.get(name), frequencyHz });
  }

  setPulse(name: string, pulseUs: number): void {
    const { frequencyHz } = this.get(name);
    this.change(name, pulseUs, Math.fround((pulseUs * frequencyHz) / 10_000));
  }

  setDuty(name: string, dutyPct: number): void {
    const { frequencyHz } = this.get(name);
    const pulseUs = frequencyHz === 0 ? 0 : Math.trunc((dutyPct * 10_000) / frequencyHz + 0.5);
    this.change(name, pulseUs, dutyPct);
  }

  reset(): void {
    this.channels.clear();
  }

  private change(name: string, pulseUs: number, dutyPct: number): void {
    const old = this.get(name);
    if (old.pulseUs === pulseUs && old.dutyPct === dutyPct) return;
    this.channels.set(name, { ...old, pulseUs, dutyPct, writes: old.writes + 1 });
  }
}
