/** PWM channels, set by pulse or by duty. */
import { numberField, textField } from '../context.js';
import type { Devices } from '../devices/index.js';
import type { PwmState } from '../devices/index.js';
import type { Use } from '../manifest.js';
import type { KindModel, Output } from './kind.js';

/** How a kind sets its channel, and what of a channel's state it keeps. */
interface Setting {
  set(devices: Devices, name: string, value: number): void;
  get(state: PwmState): number;
}

const pulse: Setting = {
  set: (devices, name, value) => {
    devices.pwm.setPulse(name, value);
  },
  get: ({ pulseUs }) => pulseUs,
};

const duty: Setting = {
  set: (devices, name, value) => {
    devices.pwm.setDuty(name, value);
  },
  get: ({ dutyPct }) => dutyPct,
};

function channel(setting: Setting, use: Use, devices: Devices): Output {
  const name = textField(use, 'name');
  const safe = numberField(use, 'safe');
  const frequency = numberField(use, 'frequency');
  const most = numberField(use, 'max');
  return {
    begin: () => {
      devices.pwm.configure(name, frequency);
      setting.set(devices, name, Math.max(safe, 0));
    },
    /** Pulse or duty stay what they were, maybe at another frequency, but not above what this version may set. */
    takeOver: () => {
      const state = devices.pwm.get(name);
      const value = setting.get(state);
      if (state.frequencyHz === frequency && value <= most) return;
      devices.pwm.configure(name, frequency);
      setting.set(devices, name, Math.min(value, most));
    },
    safe: () => {
      if (safe >= 0) setting.set(devices, name, safe);
    },
  };
}

export const pwmPulse = { output: (use, devices) => channel(pulse, use, devices) } as const satisfies KindModel;
export const pwmDuty = { output: (use, devices) => channel(duty, use, devices) } as const satisfies KindModel;
