/** What an operator must not forget. One interface: SQLite on the command line, memory in the tests. */
import type { Plan, RolloutState, Step } from './rollout.js';

/** A push that was written down before anything of it was done. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly kind: 'push' | 'rollback';
  /** The signed bundle, the same bytes for every device. */
  readonly bundle: Uint8Array;
  /** SHA-256 of the app image, hexadecimal. */
  readonly image: string;
  /** What people call it. */
  readonly label: string;
  readonly startedMs: number;
  readonly state: RolloutState;
  readonly reason: string;
}

/** What was seen of a device: so that nothing old counts again after a restart. */
export interface StoredDevice {
  readonly id: string;
  /** The newest birth of the device as it was signed. */
  readonly birth: Uint8Array;
  /** Place of its last report; 0.0: none. */
  readonly boot: number;
  readonly counter: number;
}

export interface Store {
  /** Name of this store: tells this operator from others. */
  readonly operator: string;
  /** Newest first. */
  plans(): readonly StoredPlan[];
  steps(plan: Plan): readonly Step[];
  /** Writes the plan and all its steps, or nothing. */
  addPlan(plan: StoredPlan, steps: readonly Step[]): void;
  saveSteps(plan: Plan, steps: readonly Step[]): void;
  savePlan(plan: Plan, state: RolloutState, reason: string): void;
  devices(): readonly StoredDevice[];
  saveDevice(device: StoredDevice): void;
  reports(): readonly string[];
  saveReport(key: string): void;
  forgetReport(key: string): void;
  /** App images by their SHA-256, hexadecimal. */
  payload(image: string): Uint8Array | undefined;
  payloads(): readonly string[];
  keepPayload(bytes: Uint8Array): void;
  /** Appends a line to the log, which only grows. */
  audit(action: string, details: Readonly<Record<string, unknown>>): void;
}

/** Nothing outlives the process: tests, and looking at a fleet without pushing. */
export class MemoryStore implements Store {
  readonly operator: string;
  readonly log: { readonly action: string; readonly details: Readonly<Record<string, unknown>> }[] = [];
  private readonly planned: StoredPlan[] = [];
  private readonly stepped = new Map<string, Map<string, Step>>();
  private readonly seen = new Map<string, StoredDevice>();
  private readonly keys = new Set<string>();
  private readonly images = new Map<string, Uint8Array>();
  private readonly digest: (bytes: Uint8Array) => string;

  constructor(operator: string, digest: (bytes: Uint8Array) => string) {
    this.operator = operator;
    this.digest = digest;
  }

  plans(): readonly StoredPlan[] {
    return [...this.planned].reverse();
  }

  steps(plan: Plan): readonly Step[] {
    return [...(this.stepped.get(planKey(plan))?.values() ?? [])];
  }

  addPlan(stored: StoredPlan, steps: readonly Step[]): void {
    if (this.stepped.has(planKey(stored.plan))) throw new Error(`the number ${stored.plan.number} was given before`);
    this.planned.push(stored);
    this.stepped.set(planKey(stored.plan), new Map(steps.map((step) => [step.device, step])));
  }

  saveSteps(plan: Plan, steps: readonly Step[]): void {
    for (const step of steps) this.stepped.get(planKey(plan))?.set(step.device, step);
  }

  savePlan(plan: Plan, state: RolloutState, reason: string): void {
    const index = this.planned.findIndex((stored) => planKey(stored.plan) === planKey(plan));
    this.planned[index] = { ...(this.planned[index] as StoredPlan), state, reason };
  }

  devices(): readonly StoredDevice[] {
    return [...this.seen.values()];
  }

  saveDevice(device: StoredDevice): void {
    this.seen.set(device.id, device);
  }

  reports(): readonly string[] {
    return [...this.keys];
  }

  saveReport(key: string): void {
    this.keys.add(key);
  }

  forgetReport(key: string): void {
    this.keys.delete(key);
  }

  payload(image: string): Uint8Array | undefined {
    return this.images.get(image);
  }

  payloads(): readonly string[] {
    return [...this.images.keys()];
  }

  keepPayload(bytes: Uint8Array): void {
    this.images.set(this.digest(bytes), bytes);
  }

  audit(action: string, details: Readonly<Record<string, unknown>>): void {
    this.log.push({ action, details });
  }
}

const planKey = ({ epoch, number }: Plan): string => `${epoch}/${number}`;
