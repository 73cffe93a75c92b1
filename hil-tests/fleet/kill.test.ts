/**
 * `kill -9` of firmware, broker and operator while `tars ota push` brings an app of 20 KB to three boards, a canary
 * first: in the end all three run it, and each has committed it exactly once. Moments are drawn twice: uniform over the
 * measured duration of a push, and uniform over that of each phase of a board, until every phase was struck often
 * enough. A command that was killed, or that has lost its broker, is run again as it was; a board and a broker are
 * started again at once.
 */
import { expect, it } from 'vitest';
import { Random } from '../../sdk/model/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { Fleet } from './harness.js';
import { type Phase, phases } from './kill-phases.js';
import { type Kill, KillFleet, type Victim, victims } from './kill-round.js';
import { mosquittoPath } from './mosquitto.js';

const BOARDS = 3;
const FLEETS = runs({ full: 3, short: 1 });
/**
 * Moments for each victim, half of them over the whole push and half in the phase that was struck most rarely; and how
 * often each must be.
 */
const TOTAL = runs({ full: 200, short: 1 });
const ENOUGH = runs({ full: 20, short: 0 });
/** Kills that come too late, or miss their phase, are drawn again, but not for ever. */
const DRAWN_MAX = runs({ full: 400, short: 4 });
/** A run that goes wrong goes on, so that one fault doesn't hide another; but not for ever. */
const FAILURES_MAX = runs({ full: 10, short: 1 });
const MEASURED = runs({ full: 3, short: 1 });
const TIMEOUT_MS = 7_200_000;

/** Kills that struck, by victim and phase, and which are due. */
class Ledger {
  readonly struck = new Map<string, number>();
  readonly drawn = new Map<Victim, number>(victims.map((victim) => [victim, 0]));
  late = 0;
  runs = 0;

  count(victim: Victim, phase?: Phase): number {
    return phase
      ? (this.struck.get(`${victim} ${phase}`) ?? 0)
      : phases.reduce((sum, each) => sum + this.count(victim, each), 0);
  }

  /** The victim that is furthest behind, and the phase that it was struck in most rarely. */
  next(): { readonly victim: Victim; readonly from: Phase | 'whole' } | undefined {
    const open = victims.filter(
      (victim) =>
        (this.drawn.get(victim) ?? 0) < DRAWN_MAX && (this.count(victim) < TOTAL || this.rarest(victim).count < ENOUGH),
    );
    const victim = open.sort((a, b) => (this.drawn.get(a) ?? 0) - (this.drawn.get(b) ?? 0))[0];
    if (victim === undefined) return undefined;
    const drawn = (this.drawn.get(victim) ?? 0) + 1;
    this.drawn.set(victim, drawn);
    // In turn, so that a run that is broken off has seen both.
    return { victim, from: drawn % 2 === 1 ? 'whole' : this.rarest(victim).phase };
  }

  private rarest(victim: Victim): { readonly phase: Phase; readonly count: number } {
    return (
      phases.map((phase) => ({ phase, count: this.count(victim, phase) })).sort((a, b) => a.count - b.count)[0] ?? {
        phase: 'planning',
        count: 0,
      }
    );
  }

  note(victim: Victim, struck: Phase | undefined, commands: number): void {
    this.runs += commands;
    if (struck === undefined) this.late++;
    else this.struck.set(`${victim} ${struck}`, this.count(victim, struck) + 1);
  }
}

/** A long run says how far it is. */
function say(line: string): void {
  if (TOTAL > 1) process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Duration of an undisturbed push, and of each phase of a board in it. */
async function measure(fleets: readonly KillFleet[]): Promise<Record<Phase | 'whole', number>> {
  const rounds = (
    await Promise.all(
      fleets.map(async (fleet) => {
        await fleet.round(); // the first one is the first app of the boards
        const own = [];
        for (let i = 0; i < MEASURED; i++) own.push(await fleet.round());
        return own;
      }),
    )
  ).flat();
  const each = Object.fromEntries(
    phases.map((phase) => [phase, mean(rounds.flatMap(({ durations }) => durations[phase]))]),
  ) as Record<Phase, number>;
  return { ...each, whole: mean(rounds.map(({ durationMs }) => durationMs)) };
}

it.skipIf(mosquittoPath === undefined)(
  'ends on the same, right app with one commit each after a kill at any moment',
  { timeout: TIMEOUT_MS },
  async () => {
    const random = new Random(4);
    const ledger = new Ledger();
    const fleets: Fleet[] = [];
    const failures: string[] = [];
    try {
      for (let i = 0; i < FLEETS; i++) fleets.push(await Fleet.open(`line${i + 1}`, BOARDS));
      const killed = fleets.map((fleet) => new KillFleet(fleet));
      const durations = await measure(killed);
      report(
        'a push to three boards, a canary first',
        Object.fromEntries(Object.entries(durations).map(([phase, ms]) => [`${phase} ms`, Math.round(ms)])),
      );
      await Promise.all(
        killed.map(async (fleet) => {
          for (let next = ledger.next(); next && failures.length < FAILURES_MAX; next = ledger.next()) {
            const kill: Kill = {
              ...next,
              board: random.between(0, BOARDS - 1),
              afterMs: (random.between(0, 10_000) / 10_000) * durations[next.from],
            };
            const { struck, runs: commands } = await fleet.round(kill).catch((error: unknown) => {
              failures.push(String(error));
              say(`FAILED: ${String(error)}`);
              return { struck: undefined, runs: 0 };
            });
            ledger.note(kill.victim, struck, commands);
            say(`${kill.victim} ${kill.from} +${kill.afterMs.toFixed(0)}: ${struck ?? 'late'}, ${commands} runs`);
          }
        }),
      );
      for (const victim of victims)
        report(
          `kills of ${victim}`,
          Object.fromEntries([
            ...phases.map((phase) => [phase, ledger.count(victim, phase)]),
            ['all', ledger.count(victim)],
          ]) as Record<string, number>,
        );
      report('pushes that were over before the kill', { late: ledger.late, commands: ledger.runs });
      expect(failures).toEqual([]);
      for (const victim of victims) {
        expect(ledger.count(victim), victim).toBeGreaterThanOrEqual(TOTAL);
        for (const phase of phases)
          expect(ledger.count(victim, phase), `${victim} ${phase}`).toBeGreaterThanOrEqual(ENOUGH);
      }
    } finally {
      for (const fleet of fleets) await fleet.close();
    }
  },
);
