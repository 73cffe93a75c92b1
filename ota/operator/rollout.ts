/**
 * A rollout: which device gets a bundle when, and when to stop. Pure: what was seen goes in, what is to be done comes
 * out. A device goes through its states in one direction, so events may come twice, late, or not at all.
 */
import { phases } from '../../hal/contract/index.js';

/** Names of a step's states, in the order in which a device goes through them; those from `committed` on are ends. */
export const stepStates = [
  'waiting',
  'sending',
  'sent',
  'received',
  'verified',
  'staged',
  'trial',
  'committed',
  'reverted',
  'rejected',
  'timeout',
  'withdrawn',
] as const;
export type StepState = (typeof stepStates)[number];

const rank = (state: StepState): number => Math.min(stepStates.indexOf(state), stepStates.indexOf('committed'));
export const isEnd = (state: StepState): boolean => rank(state) === stepStates.indexOf('committed');
export const isFailure = (state: StepState): boolean =>
  state === 'reverted' || state === 'rejected' || state === 'timeout';

/** What a push is going to do; it doesn't change once it is written down. */
export interface Plan {
  readonly epoch: number;
  readonly number: number;
  /** SHA-256 of the bundle's manifest, hexadecimal. */
  readonly digest: string;
  /** Device ids, wave by wave. */
  readonly waves: readonly (readonly string[])[];
  /** True: the first wave are canaries, of whom none may fail. */
  readonly canary: boolean;
  /** Stop when so many percent of those that have ended failed, once `min` have ended. */
  readonly abort: { readonly percent: number; readonly min: number };
  /** A device that is on line must end within this time from when it was sent its bundle. */
  readonly timeoutMs: number;
}

export interface Step {
  readonly device: string;
  readonly wave: number;
  readonly state: StepState;
  /** When it was sent, or went on line after that; 0: not yet. */
  readonly sinceMs: number;
  /** Error code of the contract, 0: none. */
  readonly code: number;
  readonly behaviour: string;
  /** What the device said beside the code; may be empty. */
  readonly detail: string;
}

/** What a step has no reason for. */
const noReason = { code: 0, behaviour: '', detail: '' } as const;

/** `aborting`: nothing is sent any more, those that have begun are waited for. */
export type RolloutState = 'running' | 'aborting' | 'done' | 'aborted' | 'superseded';

export interface Rollout {
  readonly plan: Plan;
  readonly steps: ReadonlyMap<string, Step>;
  readonly state: RolloutState;
  readonly reason: string;
}

/** A rollout of which nothing is done. */
export function beginRollout(plan: Plan): Rollout {
  const steps = plan.waves.flatMap((devices, wave) =>
    devices.map((device): [string, Step] => [device, { device, wave, state: 'waiting', sinceMs: 0, ...noReason }]),
  );
  return { plan, steps: new Map(steps), state: 'running', reason: '' };
}

/** Orders devices into waves: canaries first, then up to each percentage of all. The last percentage is 100. */
export function makeWaves(
  devices: readonly string[],
  { canary, percents }: { readonly canary: number; readonly percents: readonly number[] },
): string[][] {
  const ends = [
    Math.min(canary, devices.length),
    ...percents.map((percent) => Math.ceil((devices.length * percent) / 100)),
  ];
  const waves: string[][] = [];
  let from = 0;
  for (const end of ends) {
    if (end > from) waves.push(devices.slice(from, end));
    from = Math.max(from, end);
  }
  return waves;
}

/** Number of the next bundle: above everything that was ever seen. */
export const nextNumber = (seen: Iterable<number>, floor: number): number =>
  Math.max(1, floor, ...[...seen].map((number) => number + 1));

export type RolloutEvent =
  /** `online`: it has come on line; what it was sent while it was away is new to it. */
  | {
      readonly type: 'sending' | 'sent' | 'online' | 'timeout' | 'withdrawn';
      readonly device: string;
      readonly nowMs: number;
    }
  | {
      readonly type: 'report';
      readonly device: string;
      readonly bundle: string;
      readonly number: number;
      readonly phase: number;
      readonly code: number;
      readonly behaviour: string;
      readonly detail: string;
    }
  /** What a birth says: bundle that is committed, bundle in trial; hexadecimal. */
  | {
      readonly type: 'birth';
      readonly device: string;
      readonly bundle: string;
      readonly trial: string;
      readonly nowMs: number;
    };

/** The step after an event; the same object if nothing changed. */
function advance(plan: Plan, step: Step, event: RolloutEvent): Step {
  switch (event.type) {
    case 'sending':
      return forward(step, 'sending');
    case 'sent':
      return { ...forward(step, 'sent'), sinceMs: event.nowMs };
    case 'online':
      return begun(step) && rank(step.state) < rank('received') ? { ...step, sinceMs: event.nowMs } : step;
    case 'timeout':
      return isEnd(step.state) ? step : { ...step, state: 'timeout' };
    case 'withdrawn':
      return rank(step.state) >= rank('received') ? step : { ...step, state: 'withdrawn' };
    case 'birth':
      // The newest word of the device itself: it stands above whatever was thought of it.
      if (event.bundle === plan.digest)
        return step.state === 'committed' ? step : { ...step, state: 'committed', ...noReason };
      return event.trial === plan.digest ? forward(step, 'trial') : step;
    case 'report': {
      if (event.bundle !== plan.digest) return step;
      const phase = phases[event.phase]?.name;
      const { code, behaviour, detail } = event;
      if (phase === undefined || phase === 'refused') return step;
      // It will try again: the step stays where it is, and its reason is what people see until then.
      if (phase === 'failed') return isEnd(step.state) ? step : { ...step, code, behaviour, detail };
      const next = forward(step.state === 'timeout' && isEnd(phase) ? { ...step, state: 'trial' } : step, phase);
      return next === step ? step : { ...next, code, behaviour, detail };
    }
  }
}

const forward = (step: Step, state: StepState): Step => (rank(state) > rank(step.state) ? { ...step, state } : step);

/** Takes an event in. Returns the same rollout if it changes nothing. */
export function applyEvent(rollout: Rollout, event: RolloutEvent): Rollout {
  const step = rollout.steps.get(event.device);
  if (!step) return rollout;
  const next = advance(rollout.plan, step, event);
  return next === step ? rollout : { ...rollout, steps: new Map(rollout.steps).set(event.device, next) };
}

/** What is to be done now. */
export interface Decision {
  readonly send: readonly string[];
  readonly timeout: readonly string[];
  readonly withdraw: readonly string[];
  readonly state: RolloutState;
  readonly reason: string;
}

const nothing = { send: [], timeout: [], withdraw: [] } as const;
const begun = ({ state }: Step): boolean => !isEnd(state) && rank(state) >= rank('sending');

/** Decides from what is known; `online` says whether a device can answer now. */
export function decide(
  rollout: Rollout,
  { nowMs, online }: { readonly nowMs: number; readonly online: (device: string) => boolean },
): Decision {
  const { plan, state, reason } = rollout;
  if (state !== 'running' && state !== 'aborting') return { ...nothing, state, reason };
  const steps = [...rollout.steps.values()];
  // Somebody who is off line catches up later; a canary has to answer.
  const answers = (step: Step): boolean =>
    online(step.device) || (plan.canary && step.wave === 0) || rank(step.state) >= rank('received');
  const timeout = steps
    .filter((step) => begun(step) && step.sinceMs > 0 && answers(step) && nowMs - step.sinceMs >= plan.timeoutMs)
    .map(({ device }) => device);
  if (timeout.length > 0) return { ...nothing, timeout, state, reason };
  const why = state === 'aborting' ? reason : failed(plan, steps);
  if (why !== undefined) return aborting(steps, why);
  const open = (step: Step): boolean => !isEnd(step.state) && !(begun(step) && !answers(step));
  const current = Math.min(...steps.filter(open).map(({ wave }) => wave));
  const send = steps.filter((step) => step.wave <= current && step.state === 'waiting').map(({ device }) => device);
  return { ...nothing, send, state: current === Infinity ? 'done' : 'running', reason };
}

function aborting(steps: readonly Step[], reason: string): Decision {
  const withdraw = steps.filter((step) => rank(step.state) < rank('received')).map(({ device }) => device);
  const left = steps.some((step) => !isEnd(step.state));
  return { ...nothing, withdraw, state: left ? 'aborting' : 'aborted', reason };
}

/** Why the rollout has to stop, if it has to. */
function failed({ canary, abort }: Plan, steps: readonly Step[]): string | undefined {
  const bad = steps.filter(({ state }) => isFailure(state));
  if (bad.length === 0) return undefined;
  const first = bad.find(({ wave }) => wave === 0);
  if (canary && first) return `a canary failed: ${first.state}`;
  const ended = steps.filter(({ state }) => isEnd(state)).length;
  if (ended < abort.min || bad.length * 100 < abort.percent * ended) return undefined;
  return `${bad.length} of ${ended} devices failed`;
}
