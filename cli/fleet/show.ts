/** Pushes and fleets as tables and JSON. */
import { errors, freshness } from '../../hal/contract/index.js';
import { toHex } from '../../ota/host/ids.js';
import type { Device } from '../../ota/operator/devices.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { isEnd, isFailure, type Rollout, type Step } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import type { AuditLine } from './audit.js';

const codeName = (code: number): string =>
  code === 0 ? '' : (errors.find((row) => row.code === code)?.name ?? `error ${code}`);

export const stepHeading = ['DEVICE', 'ID', 'WAVE', 'STATE', 'WHY'] as const;

export function stepCells({ device, wave, state, code, behaviour }: Step, fleet: Fleet): string[] {
  const known = fleet.devices.get(device);
  const away = known?.online ? '' : ' (off line)';
  return [
    known?.birth.name ?? '?',
    device.slice(0, 8),
    String(wave + 1),
    `${state}${isEnd(state) ? '' : away}`,
    [codeName(code), behaviour && `in ${behaviour}`].filter((text) => text !== '').join(' '),
  ];
}

/** How far a push is, in one line. */
export function progressLine({ plan, steps, state, reason }: Rollout): string {
  const all = [...steps.values()];
  const count = (wanted: (step: Step) => boolean): number => all.filter(wanted).length;
  const parts = [
    [count((step) => step.state === 'committed'), 'committed'],
    [count((step) => isFailure(step.state)), 'failed'],
    [count((step) => !isEnd(step.state) && step.state !== 'waiting'), 'under way'],
    [count((step) => step.state === 'waiting'), 'waiting'],
    [count((step) => step.state === 'withdrawn'), 'not sent'],
  ] as const;
  const text = parts
    .filter(([number], index) => number > 0 || index === 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ');
  return `bundle ${plan.number}: ${text} of ${all.length}; ${state}${reason ? ` (${reason})` : ''}`;
}

export function planJson(
  { plan, kind, label, image, state, reason, startedMs }: StoredPlan,
  steps: readonly Step[],
  fleet: Fleet,
): object {
  return {
    kind,
    label,
    epoch: plan.epoch,
    number: plan.number,
    bundle: plan.digest,
    image,
    state,
    reason,
    started: new Date(startedMs).toISOString(),
    devices: steps.map((step) => ({
      device: step.device,
      name: fleet.devices.get(step.device)?.birth.name ?? null,
      wave: step.wave + 1,
      state: step.state,
      online: fleet.devices.get(step.device)?.online ?? false,
      error: codeName(step.code) || null,
      behaviour: step.behaviour,
    })),
  };
}

export const deviceHeading = [
  'DEVICE',
  'ID',
  'CLASS',
  'FIRMWARE',
  'ONLINE',
  'BUNDLE',
  'WANTED',
  'TRIAL',
  'FRESHNESS',
  'BOOT',
] as const;

export function deviceCells({ id, birth, online }: Device, fleet: Fleet): string[] {
  const wanted = fleet.desired(id);
  return [
    birth.name,
    id.slice(0, 8),
    birth.class,
    birth.firmware,
    online ? 'yes' : 'no',
    birth.number === 0 ? '-' : String(birth.number),
    wanted ? String(wanted.number) : '-',
    birth.trial.length > 0 ? 'yes' : '-',
    freshness[birth.freshness]?.name ?? String(birth.freshness),
    String(birth.boot),
  ];
}

export function deviceJson({ id, birth, online }: Device, fleet: Fleet): object {
  const wanted = fleet.desired(id);
  return {
    device: id,
    name: birth.name,
    class: birth.class,
    firmware: birth.firmware,
    online,
    boot: birth.boot,
    root: birth.root,
    epoch: birth.epoch,
    number: birth.number,
    bundle: toHex(birth.bundle),
    trial: toHex(birth.trial),
    wanted: wanted ? { epoch: wanted.epoch, number: wanted.number, bundle: wanted.digest } : null,
    modules: toHex(birth.modules).match(/.{64}/g) ?? [],
    freshness: freshness[birth.freshness]?.name ?? birth.freshness,
    time: Number(birth.time),
  };
}

/** The log for people. */
export const historyLines = (lines: readonly AuditLine[]): string[] =>
  lines.map(
    ({ time, action, details }) =>
      `${time}  ${action.padEnd(8)}  ${Object.entries(details)
        .map(([name, value]) => `${name}=${show(name, value)}`)
        .join(' ')}`,
  );

const show = (name: string, value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^(device|bundle|image)$/.test(name) ? text.slice(0, 8) : text;
};
