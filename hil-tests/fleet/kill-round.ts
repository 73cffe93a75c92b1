/** One push during which somebody is killed, and what must be true when it is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { phases as steps } from '../../hal/contract/index.js';
import { toHex } from '../../ota/host/ids.js';
import { large } from '../acceptance/modules.js';
import { tars } from '../program.js';
import type { Command, Fleet, FleetBoard } from './harness.js';
import { type Phase, PushWatch } from './kill-phases.js';

export const victims = ['firmware', 'broker', 'operator'] as const;
export type Victim = (typeof victims)[number];

export const HEALTH_MS = 300;
/**
 * The module that stays. Periods of a second: what a loaded computer skips of shorter ones in the window looks like a
 * bad app.
 */
const steady = tars(`behaviour steady
use led: gpio.out = board.LED2
every 1s { led.toggle() }`);
/** Module of a version: 20 KB, with a period of a second and as many milliseconds as its version. */
const bulky = (version: number): Uint8Array => large('LED', 1000 + version);
/** Most times that the same command is run until it says that all is done. */
const RUNS_MAX = 6;
const SETTLE_MS = 30_000;

/** Who is killed when: a share of the measured duration after the beginning of the push, or of a phase of one board. */
export interface Kill {
  readonly victim: Victim;
  readonly from: Phase | 'whole';
  readonly afterMs: number;
  /** Index of the board that is killed, or whose phase it is. */
  readonly board: number;
}

export interface Round {
  /** Where the kill struck; undefined: the push was over before. */
  readonly struck: Phase | undefined;
  /** Runs of the command. */
  readonly runs: number;
  readonly durationMs: number;
  readonly durations: Record<Phase, number[]>;
}

/** A fleet with what is known of it between rounds. */
export class KillFleet {
  private version = 0;
  /** Number of the bundle that all boards run; undefined after a round that went wrong. */
  private number: number | undefined = 0;
  private readonly keys = new Map<string, Uint8Array>();

  constructor(readonly fleet: Fleet) {}

  /** Pushes the next version. */
  async round(kill?: Kill): Promise<Round> {
    const { fleet } = this;
    const modules = [steady, bulky(++this.version)];
    const app = fleet.app(`v${this.version}`, modules);
    const [, module = ''] = app.digests;
    for (const { id, rig } of fleet.boards)
      if (!this.keys.has(id)) this.keys.set(id, (await rig.link.request('identity', {})).key);
    const watch = new PushWatch(fleet, { module, size: modules[1]?.length ?? 0, healthMs: HEALTH_MS }, this.keys);
    try {
      const startMs = performance.now();
      const push = (): Command =>
        fleet.tars(
          'ota',
          'push',
          app.path,
          '--fleet',
          fleet.name,
          '--key',
          'alice',
          '--key',
          'olga',
          '--health',
          String(HEALTH_MS / 1000),
        );
      const first = push();
      const strike = kill ? new Strike(fleet, kill, watch, first, startMs) : undefined;
      const said = [await first.ended];
      const durationMs = performance.now() - startMs;
      const struck = await strike?.done();
      const durations = watch.durations(startMs + durationMs);
      while (said.at(-1)?.exit !== 0 || !(await this.settled(app.digests, said.length === 1 && !struck ? 0 : 3000))) {
        if (said.length === RUNS_MAX) break;
        said.push(await push().ended);
      }
      await this.check({
        digests: app.digests,
        watch,
        struck,
        kill,
        said: said.map(({ exit, out, err }) => `exit ${String(exit)}: ${out}${err}`).join('\n---\n'),
      });
      // A broker that is killed again and again makes boards rest longer and longer; that is not what is measured here.
      if (kill?.victim === 'broker') for (const board of fleet.boards) await board.restart();
      return { struck, runs: said.length, durationMs, durations };
    } finally {
      watch.close();
    }
  }

  /** True as soon as every board runs this app; false if one doesn't in time. */
  private async settled(digests: readonly string[], waitMs: number): Promise<boolean> {
    const all = async (): Promise<boolean> =>
      (await Promise.all(this.fleet.boards.map((board) => board.running()))).every(
        ({ app }) => String(app) === String(digests),
      );
    for (const end = performance.now() + waitMs; !(await all()); await sleep(100))
      if (performance.now() >= end) return false;
    return true;
  }

  private async check({
    digests,
    watch,
    struck,
    kill,
    said,
  }: {
    digests: readonly string[];
    watch: PushWatch;
    struck: Phase | undefined;
    kill: Kill | undefined;
    said: string;
  }): Promise<void> {
    const what = kill
      ? `${kill.victim} killed in ${struck ?? 'no phase'}, ${kill.afterMs.toFixed(1)} ms after the beginning of ` +
        `${kill.from}\n${said}`
      : said;
    await this.settled(digests, SETTLE_MS);
    const now = await Promise.all(this.fleet.boards.map((board) => board.running()));
    if (now.some(({ app }) => String(app) !== String(digests))) this.number = undefined;
    for (const { app } of now) expect(app, what).toEqual(digests);
    const before = this.number;
    this.number = undefined;
    const number = before === undefined ? now[0]?.number : before + 1;
    expect(
      now.map((each) => each.number),
      `number of the bundle, one step each: ${what}`,
    ).toEqual(now.map(() => number));
    expect(new Set(now.map(({ bundle }) => bundle)).size, what).toBe(1);
    for (const [index, board] of this.fleet.boards.entries())
      this.once(board, watch, now[index]?.bundle ?? '', kill?.victim === 'firmware' && kill.board === index, what);
    this.number = number;
  }

  /** At most one commit and one trial were ever heard of; a board that was killed in its trial goes on with it once. */
  private once(board: FleetBoard, watch: PushWatch, bundle: string, killed: boolean, what: string): void {
    const own = <T extends { readonly device: Uint8Array }>(rows: readonly T[]): T[] =>
      rows.filter(({ device }) => toHex(device) === board.id);
    const of = (phase: (typeof steps)[number]['name'], attempt?: number): number =>
      new Set(
        own(watch.reports)
          .filter(
            (report) =>
              steps[report.phase]?.name === phase &&
              toHex(report.bundle) === bundle &&
              (attempt === undefined || report.attempt === attempt),
          )
          .map(({ boot, counter }) => `${boot}.${counter}`),
      ).size;
    expect(of('committed'), `commits of ${board.id}: ${what}`).toBeLessThanOrEqual(1);
    expect(of('trial', 1), `trials of ${board.id}: ${what}`).toBeLessThanOrEqual(1);
    expect(of('trial'), `trials of ${board.id}: ${what}`).toBeLessThanOrEqual(killed ? 2 : 1);
    expect(of('reverted') + of('rejected'), `refusals of ${board.id}: ${what}`).toBe(0);
    // In the order in which the board signed: a broker that was killed brings older ones once more.
    const births = own(watch.births).sort((a, b) => a.boot - b.boot || a.counter - b.counter);
    const numbers = births.map((birth) => birth.number);
    expect(numbers, `numbers of ${board.id}: ${what}`).toEqual([...numbers].sort((a, b) => a - b));
    const last = births.filter((birth) => birth.number === numbers.at(-1));
    expect(new Set(last.map((birth) => toHex(birth.bundle))).size, what).toBeLessThanOrEqual(1);
  }
}

/** A kill that waits for its moment, and the start of the dead one again. */
class Strike {
  private struck: Phase | undefined;
  private restarted: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private over = false;

  constructor(
    private readonly fleet: Fleet,
    private readonly kill: Kill,
    private readonly watch: PushWatch,
    private readonly push: Command,
    startMs: number,
  ) {
    const at = (fromMs: number): void => {
      this.timer ??= setTimeout(
        () => {
          this.strike();
        },
        Math.max(0, fromMs + kill.afterMs - performance.now()),
      );
    };
    if (kill.from === 'whole') at(startMs);
    else watch.when(fleet.boards[kill.board]?.id ?? '', kill.from, at);
  }

  /** Where it struck, once the dead one is back; undefined if the push was over before. */
  async done(): Promise<Phase | undefined> {
    this.over = true;
    clearTimeout(this.timer);
    await this.restarted;
    return this.struck;
  }

  private strike(): void {
    const { fleet, kill, watch, push } = this;
    if (this.over || push.child.exitCode !== null) return;
    const board = fleet.boards[kill.board];
    this.struck = watch.phase(kill.victim === 'firmware' ? board?.id : undefined);
    if (kill.victim === 'operator') {
      push.child.kill('SIGKILL');
      this.restarted = Promise.resolve(); // running the command again is the caller's
    } else if (kill.victim === 'firmware') {
      board?.kill();
      this.restarted = board?.restart();
    } else {
      this.restarted = fleet.broker
        .end('SIGKILL')
        .then(() => fleet.broker.resume())
        .then(() => fleet.listen());
    }
  }
}
