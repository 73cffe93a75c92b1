/** How far a push is, as somebody hears it who listens to everything at the broker. */
import { limits, topicRoot } from '../../hal/contract/index.js';
import { isRefused } from '../../ota/host/envelope.js';
import { toHex, vendorId } from '../../ota/host/ids.js';
import { type FleetBody, verifyDevice } from '../../ota/host/signed.js';
import type { Heard } from './harness.js';

/**
 * Phases of a push: `planning` until a device is wanted to run the bundle, `receiving` until the last byte of its app
 * is at the broker, `staging` (checks, flash, loading, swap) until its trial is heard of, `trial` in the health window,
 * `committing` from shortly before the window's end until the commit is heard of, `finishing` behind the last one. Of
 * several devices the least advanced counts.
 */
export const phases = ['planning', 'receiving', 'staging', 'trial', 'committing', 'finishing'] as const;
export type Phase = (typeof phases)[number];

const OWNER = 'robots.example';
/** The window begins before its trial is heard of: so long before its end, as heard, the commit may come. */
const COMMIT_LEAD_MS = 60;

/** What a push brings. */
export interface Pushed {
  /** Digest of the module that is fetched, and its size. */
  readonly module: string;
  readonly size: number;
  readonly healthMs: number;
}

/** Whose push is watched: what is heard of a fleet, and its boards. */
export interface Watched {
  readonly name: string;
  readonly boards: readonly { readonly id: string }[];
  /** Calls `listener` for all that is heard from now on; returns a function that ends it. */
  on(listener: (heard: Heard) => void): () => void;
}

/** Somebody who waits for a phase of a device. */
interface Wanted {
  readonly device: string;
  readonly phase: Phase;
  readonly act: (atMs: number) => void;
}

type Report = FleetBody<'report'>;
type Birth = FleetBody<'birth'>;

export class PushWatch {
  readonly births: Birth[] = [];
  readonly reports: Report[] = [];
  /** When each phase of each device began. */
  private readonly begun = new Map<string, { phase: Phase; atMs: number }[]>();
  private readonly wanted: Wanted[] = [];
  private readonly stop: () => void;
  private readonly startMs = performance.now();
  private readonly lastChunk: string;
  private readonly prefix: string;
  private readonly windowMs: number;

  constructor(
    private readonly fleet: Watched,
    pushed: Pushed,
    private readonly keys: ReadonlyMap<string, Uint8Array>,
  ) {
    this.windowMs = pushed.healthMs - COMMIT_LEAD_MS;
    this.prefix = topicRoot.replace('{fleet}', fleet.name);
    this.lastChunk = `blob/${pushed.module}/${Math.ceil(pushed.size / limits.blob_chunk.value) - 1}`;
    for (const { id } of fleet.boards) this.begun.set(id, [{ phase: 'planning', atMs: this.startMs }]);
    this.stop = fleet.on((heard) => {
      this.hear(heard);
    });
  }

  /** Phase of a device, or of the push. */
  phase(device?: string): Phase {
    const now = performance.now();
    if (device !== undefined) return this.phaseOf(device, now);
    const each = this.fleet.boards.map(({ id }) => this.phaseOf(id, now));
    const active = each.filter((phase) => phase !== 'planning' && phase !== 'finishing');
    const least = phases.find((phase) => active.some((each) => each === phase));
    if (least) return least;
    // Between two waves the operator takes note of the commits of the first.
    return each.every((phase) => phase === 'planning')
      ? 'planning'
      : each.includes('planning')
        ? 'committing'
        : 'finishing';
  }

  /** Acts as soon as a phase of a device begins, or at once if it has begun. */
  when(device: string, phase: Phase, act: (atMs: number) => void): void {
    const wanted = { device, phase, act };
    const mark = this.begun.get(device)?.find((each) => this.starts(wanted, each.phase));
    if (mark) this.start(wanted, mark);
    else this.wanted.push(wanted);
  }

  /** Milliseconds of each phase of each device; of a push that ended at `endMs`. */
  durations(endMs: number): Record<Phase, number[]> {
    const all: Record<Phase, number[]> = {
      planning: [],
      receiving: [],
      staging: [],
      trial: [],
      committing: [],
      finishing: [],
    };
    for (const marks of this.begun.values()) {
      for (const [i, { phase, atMs }] of marks.entries()) {
        const untilMs = marks[i + 1]?.atMs ?? endMs;
        if (phase !== 'trial') all[phase].push(untilMs - atMs);
        else {
          all.trial.push(Math.min(this.windowMs, untilMs - atMs));
          all.committing.push(Math.max(0, untilMs - atMs - this.windowMs));
        }
      }
    }
    return all;
  }

  close(): void {
    this.stop();
  }

  private phaseOf(device: string, now: number): Phase {
    const { phase, atMs } = this.begun.get(device)?.at(-1) ?? { phase: 'planning', atMs: 0 };
    return phase === 'trial' && now - atMs >= this.windowMs ? 'committing' : phase;
  }

  private hear({ topic, payload, atMs }: Heard): void {
    const match = new RegExp(`^${this.prefix}d/([0-9a-f]{32})/(.+)$`).exec(topic);
    const [, device = '', rest = ''] = match ?? [];
    if (!match || payload.length === 0) return;
    if (rest === 'desired') this.enter(device, 'receiving', atMs);
    else if (rest === this.lastChunk) this.enter(device, 'staging', atMs);
    else if (rest === 'state') this.birth(device, payload, atMs);
    else if (rest === 'evt') this.report(device, payload);
  }

  private birth(device: string, payload: Uint8Array, atMs: number): void {
    const birth = verifyDevice('birth', payload, { vendor: vendorId(OWNER) });
    if (isRefused(birth)) throw new Error(`a birth that its device did not sign: ${birth.error}`);
    const before = this.births.findLast((each) => toHex(each.device) === device);
    this.births.push(birth);
    if (birth.trial.length > 0) this.enter(device, 'trial', atMs);
    else if (before && birth.number > before.number) this.enter(device, 'finishing', atMs);
  }

  private report(device: string, payload: Uint8Array): void {
    const publicKey = this.keys.get(device);
    const report = verifyDevice('report', payload, { vendor: vendorId(OWNER), ...(publicKey && { publicKey }) });
    if (isRefused(report)) throw new Error(`a report that its device did not sign: ${report.error}`);
    this.reports.push(report);
  }

  /** Forward only: what is repeated after a kill begins no phase anew. */
  private enter(device: string, phase: Phase, atMs: number): void {
    const marks = this.begun.get(device);
    const last = marks?.at(-1)?.phase ?? 'planning';
    if (phases.indexOf(phase) <= phases.indexOf(last)) return;
    marks?.push({ phase, atMs });
    for (const wanted of this.wanted)
      if (wanted.device === device && this.starts(wanted, phase)) this.start(wanted, { phase, atMs });
  }

  private starts(wanted: Wanted, phase: Phase): boolean {
    return phase === wanted.phase || (phase === 'trial' && wanted.phase === 'committing');
  }

  private start(wanted: Wanted, { phase, atMs }: { readonly phase: Phase; readonly atMs: number }): void {
    wanted.act(phase === wanted.phase ? atMs : atMs + this.windowMs);
  }
}
