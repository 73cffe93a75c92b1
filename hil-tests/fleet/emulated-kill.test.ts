/**
 * `kill -9` of the emulator in the middle of a signed update over MQTT with TLS, an app of more than 16 KB in pieces.
 * As soon as it is started again on the same flash the board runs the old or the new app, whole, and in the end the new
 * one, committed once. Moments are drawn twice: uniform over the measured duration of an update, and uniform over that
 * of the phase that was struck most rarely, until each was struck often enough. Phases are those that somebody hears
 * who listens at the broker: `receiving` until the last byte of the app is at the broker, `staging` (checks, flash,
 * loading, swap) until the trial is heard of, `trial` in the health window, `committing` from shortly before its end
 * until the commit is heard of.
 */
import { expect, it } from 'vitest';
import { phases as steps } from '../../hal/contract/index.js';
import { Random } from '../../sdk/model/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { EmulatedStage, lacking, type Update } from './emulated-stage.js';
import type { Phase } from './kill-phases.js';

const PHASES = ['receiving', 'staging', 'trial', 'committing'] as const satisfies readonly Phase[];
/** Moments over the whole update, and how often each phase must be struck. */
const UNIFORM = runs({ full: 100, short: 1 });
const ENOUGH = runs({ full: 20, short: 0 });
/** Kills that come too late, or miss their phase, are drawn again, but not for ever. */
const DRAWN_MAX = runs({ full: 400, short: 4 });
const MEASURED = runs({ full: 5, short: 1 });
const TIMEOUT_MS = 7_200_000;

type Struck = (typeof PHASES)[number];

interface Kill {
  readonly from: Phase | 'whole';
  readonly afterMs: number;
}

interface Round {
  /** Where the kill struck and what ran afterwards; undefined: the update was over before. */
  readonly struck: { readonly phase: Struck; readonly ran: 'old' | 'new' } | undefined;
  readonly durations: Record<Phase, number[]>;
}

/**
 * Kills the board at its moment, unless the update is over by then; resolves with the phase that was struck, the board
 * being up again.
 */
function strike(
  stage: EmulatedStage,
  { watch, committed }: Update,
  { from, afterMs }: Kill,
): Promise<Struck | undefined> {
  return new Promise((resolve, reject) => {
    let killed = false;
    const act = (): void => {
      const phase = PHASES.find((each) => each === watch.phase(stage.board.id));
      if (phase === undefined || committed()) return resolve(undefined);
      killed = true;
      stage.board.kill();
      stage.cutter.stall(); // what runs after the start is what the flash held, and not what has come since
      stage.board.restart().then(() => {
        resolve(phase);
      }, reject);
    };
    let waits = true;
    const at = (fromMs: number): void => {
      if (!waits) return;
      waits = false;
      setTimeout(act, Math.max(0, fromMs + afterMs - performance.now()));
    };
    watch.when(stage.board.id, from === 'whole' ? 'planning' : from, at);
    watch.when(stage.board.id, 'finishing', () => {
      if (!killed) resolve(undefined);
    });
  });
}

/** One update, during which the board is killed or not. */
async function round(
  stage: EmulatedStage,
  old: readonly string[],
  kill?: Kill,
): Promise<Round & { readonly digests: readonly string[] }> {
  const update = await stage.push();
  const { watch, digests } = update;
  try {
    const phase = kill && (await strike(stage, update, kill));
    const now = phase && (await stage.behaviours());
    if (phase) stage.cutter.heal();
    if (now && String(now) !== String(digests))
      expect(
        now,
        `neither old nor new after a kill in ${phase}, ${kill.afterMs} ms after the beginning of ${kill.from}`,
      ).toEqual(old);
    await stage.settle(update);
    once(update, phase);
    return {
      digests,
      struck: phase && { phase, ran: String(now) === String(digests) ? 'new' : 'old' },
      durations: watch.durations(performance.now()),
    };
  } finally {
    update.end();
  }
}

/** One commit at most was ever reported, no refusal, and a trial that was interrupted was gone on with once. */
function once({ watch: { reports }, number }: Update, struck: Struck | undefined): void {
  const of = (phase: (typeof steps)[number]['name']): number =>
    new Set(
      reports
        .filter((each) => each.number === number && steps[each.phase]?.name === phase)
        .map(({ boot, counter }) => `${boot}.${counter}`),
    ).size;
  expect(of('committed')).toBeLessThanOrEqual(1);
  expect(of('trial')).toBeLessThanOrEqual(struck ? 2 : 1);
  expect(of('reverted') + of('rejected')).toBe(0);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

it.skipIf(lacking)(
  'the emulated board runs the old or the new app after a kill at any moment of an update',
  { timeout: TIMEOUT_MS },
  async () => {
    const random = new Random(5);
    const outcomes = new Map<string, number>();
    const count = (phase: Struck): number =>
      [...outcomes].reduce((sum, [what, times]) => sum + (what.startsWith(`${phase},`) ? times : 0), 0);
    const stage = await EmulatedStage.open();
    try {
      let { digests: old } = await round(stage, []);
      const measure = async (): Promise<Record<Struck, number>> => {
        const measured: Round['durations'][] = [];
        for (let i = 0; i < MEASURED; i++) {
          const { digests, durations } = await round(stage, old);
          measured.push(durations);
          old = digests;
        }
        return Object.fromEntries(
          PHASES.map((phase) => [phase, mean(measured.flatMap((each) => each[phase]))]),
        ) as Record<Struck, number>;
      };
      const { trial, committing } = await measure();
      stage.trialMs = trial + committing;
      const durations = await measure();
      const whole = PHASES.reduce((sum, phase) => sum + durations[phase], 0);
      report(
        'an update of the emulated board',
        Object.fromEntries(
          Object.entries({ ...durations, whole }).map(([phase, ms]) => [`${phase} ms`, Math.round(ms)]),
        ),
      );
      let uniform = 0,
        late = 0;
      const rarest = (): Struck => [...PHASES].sort((a, b) => count(a) - count(b))[0] ?? 'receiving';
      for (let drawn = 0; drawn < DRAWN_MAX && (uniform < UNIFORM || count(rarest()) < ENOUGH); drawn++) {
        const from = uniform < UNIFORM && (drawn % 2 === 0 || count(rarest()) >= ENOUGH) ? 'whole' : rarest();
        const afterMs = (random.between(0, 10_000) / 10_000) * (from === 'whole' ? whole : durations[from]);
        const { digests, struck } = await round(stage, old, { from, afterMs });
        old = digests;
        if (!struck) late++;
        else {
          const what = `${struck.phase}, ${struck.ran} app`;
          outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
          if (from === 'whole') uniform++;
        }
        if (UNIFORM > 1)
          process.stdout.write(
            `${new Date().toISOString()} ${from} +${afterMs.toFixed(0)}: ` +
              `${struck ? `${struck.phase}, ${struck.ran}` : 'late'}\n`,
          );
      }
      report('kills of the emulator', {
        ...Object.fromEntries(PHASES.map((phase) => [phase, count(phase)])),
        uniform,
        late,
      });
      report('what ran afterwards', Object.fromEntries([...outcomes].sort()));
      expect(uniform).toBeGreaterThanOrEqual(UNIFORM);
      for (const phase of PHASES) expect(count(phase), phase).toBeGreaterThanOrEqual(ENOUGH);
    } finally {
      await stage.close();
    }
  },
);
