/**
 * Carries a plan out. Every step is written down before it is done, and every step may be done again: after a kill at
 * any moment the same plan goes on where it was, with the same bytes under the same number.
 */
import { toHex } from '../host/ids.js';
import type { Claim } from './claim.js';
import type { Fleet, FleetEvent } from './fleet.js';
import { applyEvent, beginRollout, decide, isEnd, type Rollout, type RolloutEvent, type Step } from './rollout.js';
import type { Store, StoredPlan } from './store.js';

/** Somebody else pushes to this fleet; `who` is empty if only his bundles were seen. */
export class OtherOperator extends Error {
  override readonly name = 'OtherOperator';
  constructor(
    readonly who: string,
    readonly since: string,
    message: string,
  ) {
    super(message);
  }
}

const CLAIM_MS = 10_000;

/**
 * Claims the fleet. The broker puts the claims of two who come at once in one order, the same for both: the first
 * counts. Returns when this operator is the one; throws OtherOperator.
 */
export async function claimFleet(fleet: Fleet, claim: Claim): Promise<void> {
  const { claimed } = fleet;
  const mine = (other: Claim): boolean => other.operator === claim.operator || other.operator === claim.over;
  if (claimed && !mine(claimed)) throw otherClaim(claimed);
  const first = new Promise<Claim>((resolve, reject) => {
    const timer = setTimeout(
      () => (end(), reject(new Error('the broker does not pass on what is published under the operator topic'))),
      CLAIM_MS,
    );
    const end = fleet.on((event) => {
      if (event.kind !== 'claim' || !event.claim || event.claim.operator === claim.over) return;
      clearTimeout(timer);
      end();
      resolve(event.claim);
    });
  });
  await Promise.all([fleet.claim(claim), first]);
  const winner = await first;
  if (winner.operator !== claim.operator) throw otherClaim(winner);
}

const otherClaim = ({ who, since }: Claim): OtherOperator =>
  new OtherOperator(who, since, `${who} pushes to this fleet since ${since}`);

export interface PushOptions {
  readonly fleet: Fleet;
  readonly store: Store;
  readonly stored: StoredPlan;
  readonly claim: Claim;
  readonly nowMs: () => number;
  /** Called after every change, with the rollout as it is written down. */
  readonly onChange?: (rollout: Rollout) => void;
  /** Ends the wait for what may never come: the connection is lost, the user interrupts. */
  readonly ended: Promise<never>;
}

/** Longest time between two looks at the clock. */
const TICK_MS = 500;

/** Runs a plan until it is done, stopped or superseded. Throws OtherOperator, or what `ended` rejects with. */
export async function runPush(options: PushOptions): Promise<Rollout> {
  const push = new Push(options);
  try {
    return await push.run();
  } finally {
    push.stop();
  }
}

class Push {
  private rollout: Rollout;
  private wake: () => void = () => undefined;
  private woken = false;
  private other: OtherOperator | undefined;
  private readonly options: PushOptions;
  private readonly end: () => void;

  constructor(options: PushOptions) {
    this.options = options;
    const { store, stored, fleet } = options;
    const steps = store.steps(stored.plan);
    this.rollout = {
      ...beginRollout(stored.plan),
      steps: new Map(steps.map((step) => [step.device, this.again(step)])),
      state: stored.state,
      reason: stored.reason,
    };
    this.end = fleet.on((event) => this.hear(event));
  }

  stop(): void {
    this.end();
  }

  /**
   * A step as it is taken up: what the broker doesn't keep was never sent, or was lost with it, and is sent again. What
   * a device said while nobody listened may be lost: its time starts anew.
   */
  private again(step: Step): Step {
    const { fleet, stored, nowMs } = this.options;
    if (step.state === 'waiting' || isEnd(step.state)) return step;
    const unsure = step.state === 'sending' || step.state === 'sent';
    if (unsure && fleet.desired(step.device)?.digest !== stored.plan.digest)
      return { ...step, state: 'waiting', sinceMs: 0 };
    return { ...step, sinceMs: nowMs() };
  }

  async run(): Promise<Rollout> {
    const { fleet, nowMs, ended } = this.options;
    for (const id of this.rollout.steps.keys()) {
      const device = fleet.devices.get(id);
      if (device) this.hear({ kind: 'birth', device });
      const desired = fleet.desired(id);
      if (desired) this.hear({ kind: 'desired', desired });
    }
    for (;;) {
      if (this.other) throw this.supersede(this.other);
      const decision = decide(this.rollout, { nowMs: nowMs(), online: (id) => fleet.devices.get(id)?.online ?? false });
      this.setState(decision.state, decision.reason);
      const { send, timeout, withdraw, state } = decision;
      for (const device of timeout) this.apply({ type: 'timeout', device, nowMs: nowMs() });
      for (const device of withdraw) await Promise.race([this.withdraw(device), ended]);
      for (const device of send) {
        if (this.other) break;
        await Promise.race([this.send(device), ended]);
      }
      if (state !== 'running' && state !== 'aborting') return this.rollout;
      if (send.length + timeout.length + withdraw.length === 0) await Promise.race([this.sleep(), ended]);
    }
  }

  private async send(device: string): Promise<void> {
    const { fleet, stored, nowMs, store } = this.options;
    // Somebody has taken it off the roll since the plan was made.
    if (!fleet.enrolment.get(device)) return this.apply({ type: 'withdrawn', device, nowMs: nowMs() });
    // Written first: whoever finds this does it again, and the device takes the same bytes for the same.
    this.apply({ type: 'sending', device, nowMs: nowMs() });
    store.audit('send', { device, number: stored.plan.number, bundle: stored.plan.digest });
    await fleet.want(device, stored.bundle);
    this.apply({ type: 'sent', device, nowMs: nowMs() });
  }

  /** Takes back what a device has not begun with. The word may come too late: then its birth says so. */
  private async withdraw(device: string): Promise<void> {
    const { fleet, stored, nowMs, store } = this.options;
    // Also one that is signed under an older root document: a device that was away may still follow that.
    if (fleet.keeps(device, stored.bundle)) {
      store.audit('withdraw', { device, number: stored.plan.number });
      await fleet.want(device, this.before(device));
    }
    this.apply({ type: 'withdrawn', device, nowMs: nowMs() });
  }

  /** The newest bundle that an earlier plan got onto this device. */
  private before(device: string): Uint8Array {
    const { store, stored } = this.options;
    for (const { plan, bundle } of store.plans()) {
      if (plan.number >= stored.plan.number || plan.epoch !== stored.plan.epoch) continue;
      if (store.steps(plan).some((step) => step.device === device && step.state === 'committed')) return bundle;
    }
    return new Uint8Array();
  }

  private hear(event: FleetEvent): void {
    const {
      fleet,
      claim,
      nowMs,
      stored: { plan },
    } = this.options;
    if (event.kind === 'claim') return this.hearClaim(event.claim, claim);
    if (event.kind === 'desired') {
      const { desired } = event;
      const newer =
        desired.epoch === plan.epoch &&
        (desired.number > plan.number || (desired.number === plan.number && desired.digest !== plan.digest));
      if (newer && this.rollout.steps.has(desired.device))
        this.stopFor(new OtherOperator('', '', `somebody else has pushed the bundle ${desired.number} to this fleet`));
      return;
    }
    if (event.kind === 'report') {
      const { device, report } = event;
      this.apply({
        type: 'report',
        device: device.id,
        bundle: toHex(report.bundle),
        number: report.number,
        phase: report.phase,
        code: report.code,
        behaviour: report.behaviour,
        detail: report.detail,
      });
    } else if (event.kind === 'birth' || event.kind === 'presence') {
      const { id, birth } = event.device;
      this.apply({ type: 'birth', device: id, bundle: toHex(birth.bundle), trial: toHex(birth.trial), nowMs: nowMs() });
      if (event.kind === 'presence' && fleet.devices.get(id)?.online)
        this.apply({ type: 'online', device: id, nowMs: nowMs() });
    }
    this.wakeUp();
  }

  /** Our claim stays the one that is kept: a loser that leaves may have taken it away. */
  private hearClaim(heard: Claim | undefined, own: Claim): void {
    if (heard?.operator === own.operator) return;
    if (heard?.over === own.operator) return this.stopFor(otherClaim(heard));
    this.options.fleet.claim(own).catch(() => undefined);
  }

  private stopFor(other: OtherOperator): void {
    this.other ??= other;
    this.wakeUp();
  }

  private supersede(other: OtherOperator): OtherOperator {
    if (this.rollout.state === 'running' || this.rollout.state === 'aborting')
      this.setState('superseded', other.message);
    return other;
  }

  private apply(event: RolloutEvent): void {
    const before = this.rollout;
    this.rollout = applyEvent(before, event);
    if (this.rollout === before) return;
    const { store, stored, onChange } = this.options;
    const step = this.rollout.steps.get(event.device) as Step;
    store.saveSteps(stored.plan, [step]);
    if (before.steps.get(event.device)?.state !== step.state)
      store.audit('step', {
        device: step.device,
        number: stored.plan.number,
        state: step.state,
        ...(step.code > 0 && { code: step.code, behaviour: step.behaviour, detail: step.detail }),
      });
    onChange?.(this.rollout);
  }

  private setState(state: Rollout['state'], reason: string): void {
    if (state === this.rollout.state && reason === this.rollout.reason) return;
    const { store, stored, onChange } = this.options;
    this.rollout = { ...this.rollout, state, reason };
    store.savePlan(stored.plan, state, reason);
    store.audit('plan', { number: stored.plan.number, state, ...(reason && { reason }) });
    onChange?.(this.rollout);
  }

  private wakeUp(): void {
    this.woken = true;
    this.wake();
  }

  private async sleep(): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TICK_MS);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
    this.woken = false;
  }
}
