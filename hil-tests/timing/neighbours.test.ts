/**
 * Apps near what a board has time for, as far as `tars check` accepts them, run on it: each behaviour gets its turns.
 * What the host computes of their load is what the board says.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRoom } from '../../cli/compile/fits.js';
import { roomOf } from '../../cli/compile/image.js';
import { loadBoard } from '../../cli/project/boards.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { compile } from '../../sdk/compiler/index.js';
import { decodeManifest, type Manifest, manifestBytes } from '../../sdk/image/index.js';
import { Random } from '../../sdk/model/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { entryTimes, loadOf, needOf, paceOf } from '../../sdk/timing/index.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription, projectRoot } from '../description.js';

interface Part {
  readonly priority: number;
  /** Period in microseconds, and rounds of work in each. */
  readonly trails: readonly (readonly [periodUs: number, rounds: number])[];
  /** Late events that wait instead of being skipped. */
  readonly catchup?: number;
}

/** Board time that an app runs for. */
const RUN_US = 400_000;

const benches = [
  // A loaded computer keeps the virtual board from its turns; what its neighbours take of it is counted all the same.
  { name: 'virtual', apps: runs({ full: 300, short: 4 }), share: 0.2 },
  { name: 'qemu-m7', apps: runs({ full: 150, short: 2 }), share: 0.9 },
];

describe.each(benches.filter(({ name }) => name === 'virtual' || hasEmulator()))(
  'apps near the bound on $name',
  { timeout: 3_600_000 },
  ({ name, apps, share }) => {
    const board = loadBoard(name);
    const pace = paceOf(board);
    let rig: BoardRig;
    beforeAll(async () => {
      rig = await BoardRig.open(loadDescription(name), { store: false, realTime: true, busy: true });
    });
    afterAll(() => rig?.close());

    const moduleOf = ({ priority, trails, catchup }: Part, index: number): Uint8Array => {
      const late = catchup === undefined ? '' : ` catchup(${catchup})`;
      const text = trails
        .map(([us, rounds]) => `every ${us}us${late} { for i in 0..${rounds} { n = n * 3 + i } }\n`)
        .join('');
      return compiled(`behaviour b${index}\nvar n: i32 = 0\n${text}`, priority);
    };
    const compiled = (source: string, priority = 0): Uint8Array => {
      const { module, diagnostics } = compile(source, { file: 'b.tars', board, priority });
      if (!module) throw new Error(diagnostics.map(({ title }) => title).join());
      return module;
    };

    /** Longest time of one round, and of a reaction without any. */
    const costUs = (rounds: number): number => {
      const [, entry] = entryTimes(manifestOf(moduleOf({ priority: 0, trails: [[1000, rounds]] }, 0)), pace);
      return (entry?.costNs ?? 0) / 1000;
    };
    const roundUs = (costUs(1001) - costUs(1)) / 1000;
    const restUs = costUs(1) - roundUs;

    /** Two to four behaviours that need so many permille together, if their events alone don't need more. */
    function randomApp(random: Random, need: number): Part[] {
      const count = random.between(2, 4);
      const weights = Array.from({ length: count }, () => random.between(2, 10));
      const whole = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => {
        const periods = Array.from({ length: random.between(1, 2) }, () => random.between(8, 60) * 100);
        const trails = periods.map((us) => {
          const cost = Math.min(0.9 * pace.reactionUs, (us * need * weight) / whole / periods.length / 1000);
          return [us, Math.max(1, Math.floor((cost - restUs) / roundUs))] as const;
        });
        return { priority: random.between(0, 3), trails };
      });
    }

    /** Runs an app; what share of its reactions each behaviour has had, and what the board counted against it. */
    async function run(parts: readonly Part[]): Promise<{ share: number; late: number; throttled: number }[]> {
      const look = async (): Promise<{ time: number; reactions: number; late: number; throttled: number }[]> => {
        const rows = [];
        for (const index of parts.keys()) {
          const stats = await rig.link.request('stats', { behaviour: `b${index}` });
          rows.push({ ...stats, time: (await rig.link.request('board', {})).time });
        }
        return rows;
      };
      const before = await look();
      for (let now = 0; now < (before.at(-1)?.time ?? 0) + RUN_US; await sleep(20))
        now = (await rig.link.request('board', {})).time;
      return (await look()).map(({ time, reactions, late, throttled }, i) => {
        const from = before[i] as (typeof before)[number];
        const wanted = (parts[i]?.trails ?? []).reduce((sum, [us]) => sum + (time - from.time) / us, 0);
        return { share: (reactions - from.reactions) / wanted, late, throttled };
      });
    }

    const accepted = (modules: readonly Uint8Array[]): boolean => {
      try {
        checkRoom(modules, roomOf(board.class));
        return true;
      } catch {
        return false;
      }
    };

    it('give each behaviour its turns, if they are accepted', async () => {
      const random = new Random(5);
      const seen = { apps: 0, refused: 0, most: 0, 'least share of turns': Infinity };
      while (seen.apps < apps) {
        const parts = randomApp(random, random.between(750, 1050));
        const modules = parts.map(moduleOf);
        if (!accepted(modules)) {
          seen.refused++;
          continue;
        }
        await rig.install(modules);
        const needs = modules.map((module) => needOf(entryTimes(manifestOf(module), pace)));
        seen.most = Math.max(
          seen.most,
          needs.reduce((sum, need) => sum + need, 0),
        );
        for (const [index, lived] of (await run(parts)).entries()) {
          const what = `app ${seen.apps}, b${index} of ${JSON.stringify(parts)}`;
          expect(lived, what).toMatchObject({ late: 0, throttled: 0 });
          expect(lived.share, what).toBeGreaterThan(share);
          seen['least share of turns'] = Math.min(seen['least share of turns'], lived.share);
        }
        seen.apps++;
      }
      report(`random apps accepted for ${name}`, seen);
      expect(seen.most).toBeGreaterThan(800);
    });

    it('would starve a neighbour, if one is refused and run all the same', async () => {
      // The bound is what the slowest instruction takes; these take about a millisecond.
      await rig.install([moduleOf({ priority: 0, trails: [[20_000, 1000]] }, 0)]);
      await sleep(200);
      const { longest } = await rig.link.request('stats', { behaviour: 'b0' });
      const rounds = Math.ceil(1_000_000 / Math.max(1, longest));
      const parts: Part[] = [
        { priority: 0, trails: [[10_000, 1]] },
        { priority: 9, trails: [[board.floors.periodUs, rounds]], catchup: 16 },
      ];
      const modules = parts.map(moduleOf);
      expect(accepted(modules)).toBe(false);
      await rig.install(modules);
      expect((await run(parts))[0]?.share).toBeLessThan(0.1);
      // The deadline is in the neighbour's processor time, of which a loaded computer gives the virtual board little.
      await expect.poll(async () => (await rig.link.request('stats', { behaviour: 'b0' })).late).toBeGreaterThan(0);
    });

    it('have the load that the host computes, also with bounds that nobody knows', async () => {
      const random = new Random(6);
      const seen = { modules: 0, least: Infinity, most: 0 };
      const apps = Array.from({ length: runs({ full: 400, short: 6 }) }, () =>
        [0, 1, 2].map((index) => randomManifest(random, `b${index}`)),
      );
      const examples = ['blink/blink', 'kalman/kalman', 'servo/servo', 'ranger/ranger'];
      for (const modules of [
        ...apps,
        ...examples.map((path) => [compiled(readFileSync(`${projectRoot}examples/${path}.tars`, 'utf8'))]),
      ]) {
        await rig.install(modules);
        for (const manifest of modules.map(manifestOf)) {
          const { load } = await rig.link.request('stats', { behaviour: manifest.name });
          expect(load).toBe(loadOf(manifest, pace));
          seen.modules++;
          seen.least = Math.min(seen.least, load);
          seen.most = Math.max(seen.most, load);
        }
      }
      report(`loads computed by host and ${name}`, seen);
      expect([seen.least, seen.most]).toEqual([expect.toSatisfy((load: number) => load <= 50), 1000]);
    });
  },
);

/** A module that does nothing, with periods of all lengths and bounds of all sizes. */
function randomManifest(random: Random, name: string): Uint8Array {
  const size = (bits: number): number => random.between(0, 2 ** random.between(1, bits) - 1);
  const sources = Array.from({ length: random.between(0, 4) }, () => [0, 100_000 + size(40)]);
  const edge = random.once(4);
  const timers = random.once(4) ? random.between(1, 3) : 0;
  const entries = 1 + sources.length + Number(edge) + timers;
  const bounds = Array.from({ length: entries }, () => [random.once(5) ? 0 : 1 + size(28), size(16)]);
  return handmade('(module (func (export "r") (param i32 i32)))', {
    name,
    ...(edge && { uses: [[2, 'BUTTON']] }),
    ...((edge || sources.length > 0) && { sources: [...sources, ...(edge ? [[1, 0, 1]] : [])] }),
    ...(timers > 0 && { timers }),
    bounds: [64, 0, ...bounds.flat()],
    ...(random.once(6) && { load: random.between(1, 1000) }),
  });
}

function manifestOf(module: Uint8Array): Manifest {
  const result = decodeManifest(manifestBytes(module) as Uint8Array);
  if (!('manifest' in result)) throw new Error(result.why);
  return result.manifest;
}
