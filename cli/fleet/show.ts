/** Pushes and fleets as tables and JSON. */
import { errors, freshness, statuses } from '../../hal/contract/index.js';
import { toHex } from '../../ota/host/ids.js';
import type { Birth, Stranger } from '../../ota/operator/devices.js';
import type { Member } from '../../ota/operator/enrolment.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { isEnd, isFailure, type Rollout, type Step } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import type { AuditLine } from './audit.js';

const codeName = (code: number): string =>
  code === 0 ? '' : (errors.find((row) => row.code === code)?.name ?? `error ${code}`);

export const stepHeading = ['DEVICE', 'ID', 'WAVE', 'STATE', 'WHY'] as const;

/** A reason in one line: error, behaviour, and what the device said beside them. */
const reasonText = ({ code, behaviour, detail }: Pick<Step, 'code' | 'behaviour' | 'detail'>): string =>
  [codeName(code), behaviour && `in ${behaviour}`].filter((text) => text !== '').join(' ') +
  (detail === '' ? '' : `: ${detail}`);

/** What a device says of a behaviour that has faulted since it runs; empty: none has. */
function faultText(birth: Birth | undefined): string {
  if (!birth || birth.faults === 0) return '';
  const { behaviour, status, fault, faults } = birth;
  const times = faults === 1 ? 'once' : `${faults} times`;
  return `${reasonText({ code: fault, behaviour, detail: '' })} ${times}, ${statuses[status] ?? `status ${status}`}`;
}

const faultJson = ({ behaviour, status, fault, faults }: Birth): object | null =>
  faults === 0 ? null : { behaviour, status: statuses[status] ?? status, error: codeName(fault), faults };

export function stepCells(step: Step, fleet: Fleet): string[] {
  const { device, wave, state, code } = step;
  const known = fleet.devices.get(device);
  const away = known?.online ? '' : ' (off line)';
  const since = state === 'committed' ? faultText(known?.birth) : '';
  return [
    fleet.enrolment.get(device)?.name ?? '?',
    device.slice(0, 8),
    String(wave + 1),
    `${state}${isEnd(state) ? '' : away}`,
    code === 0 && since !== '' ? `since then ${since}` : reasonText(step),
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
  const faulted = (id: string): object | null => {
    const birth = fleet.devices.get(id)?.birth;
    return birth ? faultJson(birth) : null;
  };
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
      name: fleet.enrolment.get(step.device)?.name ?? null,
      wave: step.wave + 1,
      state: step.state,
      online: fleet.devices.get(step.device)?.online ?? false,
      error: codeName(step.code) || null,
      behaviour: step.behaviour,
      detail: step.detail,
      faulted: faulted(step.device),
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
  'FAULTS',
] as const;

export function deviceCells({ id, name, class: boardClass }: Member, fleet: Fleet): string[] {
  const device = fleet.devices.get(id);
  const wanted = fleet.desired(id);
  const cells = (birth: Birth | undefined): string[] =>
    birth
      ? [
          birth.firmware,
          device?.online ? 'yes' : 'no',
          birth.number === 0 ? '-' : String(birth.number),
          wanted ? String(wanted.number) : '-',
          birth.trial.length > 0 ? 'yes' : '-',
          freshness[birth.freshness]?.name ?? String(birth.freshness),
          String(birth.boot),
          faultText(birth) || '-',
        ]
      : ['-', 'never', '-', wanted ? String(wanted.number) : '-', '-', '-', '-', '-'];
  return [name, id.slice(0, 8), boardClass, ...cells(device?.birth)];
}

export function deviceJson({ id, name, class: boardClass }: Member, fleet: Fleet): object {
  const device = fleet.devices.get(id);
  const birth = device?.birth;
  const wanted = fleet.desired(id);
  return {
    device: id,
    name,
    class: boardClass,
    says: birth ? { name: birth.name, class: birth.class } : null,
    firmware: birth?.firmware ?? null,
    online: device?.online ?? false,
    boot: birth?.boot ?? 0,
    root: birth?.root ?? 0,
    epoch: birth?.epoch ?? 0,
    number: birth?.number ?? 0,
    bundle: toHex(birth?.bundle ?? new Uint8Array()),
    trial: toHex(birth?.trial ?? new Uint8Array()),
    wanted: wanted ? { epoch: wanted.epoch, number: wanted.number, bundle: wanted.digest } : null,
    modules: toHex(birth?.modules ?? new Uint8Array()).match(/.{64}/g) ?? [],
    freshness: birth ? (freshness[birth.freshness]?.name ?? birth.freshness) : 'unknown',
    time: Number(birth?.time ?? 0),
    faulted: birth ? faultJson(birth) : null,
  };
}

export const strangerHeading = ['ID', 'STATE', 'CALLS ITSELF', 'CLASS', 'KEY'] as const;

/** A device that isn't enrolled, with its key: that is what somebody compares before enrolling it. */
export const strangerCells = ({ id, revoked, birth }: Stranger): string[] => [
  id.slice(0, 8),
  revoked ? 'revoked' : 'unknown',
  birth.name,
  birth.class,
  toHex(birth.key),
];

export const strangerJson = ({ id, revoked, birth }: Stranger): object => ({
  device: id,
  state: revoked ? 'revoked' : 'unknown',
  key: toHex(birth.key),
  says: { name: birth.name, class: birth.class },
});

/** The log for people. */
export const historyLines = (lines: readonly AuditLine[]): string[] =>
  lines.map(
    ({ time, who, action, details }) =>
      `${time}  ${who}  ${action.padEnd(8)}  ${Object.entries(details)
        .map(([name, value]) => `${name}=${show(name, value)}`)
        .join(' ')}`,
  );

const show = (name: string, value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^(device|bundle|image)$/.test(name) ? text.slice(0, 8) : text;
};
