import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phases } from '../../hal/contract/index.js';
import {
  applyEvent,
  beginRollout,
  decide,
  isEnd,
  makeWaves,
  nextNumber,
  type Plan,
  type Rollout,
  type RolloutEvent,
} from './rollout.js';

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `d${i}`);
const planOf = (waves: readonly (readonly string[])[], more: Partial<Plan> = {}): Plan => ({
  epoch: 0,
  number: 7,
  digest: 'new',
  waves,
  canary: true,
  abort: { percent: 20, min: 5 },
  timeoutMs: 60_000,
  ...more,
});
const phase = (name: string): number => phases.findIndex((row) => row.name === name);
const report = (device: string, name: string, bundle = 'new'): RolloutEvent => ({
  type: 'report',
  device,
  bundle,
  number: 7,
  phase: phase(name),
  code: name === 'reverted' ? 97 : 0,
  behaviour: '',
  detail: name === 'reverted' ? 'what a board says' : '',
});
const all = (): boolean => true;

/**
 * Does what is decided, as a runner does, until nothing more is to be done; returns the devices that were sent the
 * bundle.
 */
function settle(rollout: Rollout, nowMs: number, online: (device: string) => boolean, sent: Set<string>): Rollout {
  for (let now = rollout; ;) {
    const { send, timeout, withdraw, state, reason } = decide(now, { nowMs, online });
    const before = now;
    now = { ...now, state, reason };
    for (const device of timeout) now = applyEvent(now, { type: 'timeout', device, nowMs });
    for (const device of withdraw) now = applyEvent(now, { type: 'withdrawn', device, nowMs });
    for (const device of send) {
      sent.add(device);
      now = applyEvent(applyEvent(now, { type: 'sending', device, nowMs }), { type: 'sent', device, nowMs });
    }
    if (send.length + timeout.length + withdraw.length === 0 && before.state === state) return now;
  }
}

describe('waves', () => {
  it('hold every device once, canaries first', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(5),
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }),
        (count, canary, some) => {
          const waves = makeWaves(ids(count), { canary, percents: [...some.sort((a, b) => a - b), 100] });
          expect(waves.flat()).toEqual(ids(count));
          expect(waves.every((wave) => wave.length > 0)).toBe(true);
          if (canary > 0 && count > 0) expect(waves[0]).toHaveLength(Math.min(canary, count));
        },
      ),
    );
  });

  it('end at the percentages', () => {
    expect(makeWaves(ids(8), { canary: 1, percents: [25, 50, 100] }).map((wave) => wave.length)).toEqual([1, 1, 2, 4]);
    expect(makeWaves(ids(3), { canary: 0, percents: [100] })).toEqual([ids(3)]);
  });
});

describe('a rollout', () => {
  it('goes wave by wave, and ends when all have committed', () => {
    const sent = new Set<string>();
    let rollout = settle(beginRollout(planOf([['d0'], ['d1', 'd2']])), 1, all, sent);
    expect([...sent]).toEqual(['d0']);
    rollout = settle(applyEvent(rollout, report('d0', 'committed')), 2, all, sent);
    expect([...sent]).toEqual(['d0', 'd1', 'd2']);
    for (const device of ['d1', 'd2'])
      rollout = settle(
        applyEvent(rollout, { type: 'birth', device, bundle: 'new', trial: '', nowMs: 3 }),
        3,
        all,
        sent,
      );
    expect(rollout.state).toBe('done');
  });

  it('stops at a canary that reverts, times out or never comes on line', () => {
    const plan = planOf([['d0'], ['d1', 'd2']]);
    for (const [now, event, online] of [
      [2, report('d0', 'reverted'), all],
      [2, report('d0', 'rejected'), all],
      [70_000, undefined, all],
      [70_000, undefined, () => false],
    ] as const) {
      const sent = new Set<string>();
      const started = settle(beginRollout(plan), 1, online, sent);
      const rollout = settle(event ? applyEvent(started, event) : started, now, online, sent);
      expect(rollout.state).toBe('aborted');
      expect([...sent]).toEqual(['d0']);
      expect(rollout.steps.get('d1')?.state).toBe('withdrawn');
    }
  });

  it('does not wait for devices that are off line, and takes back what they have not got when it stops', () => {
    const sent = new Set<string>();
    const online = (device: string): boolean => device !== 'd2';
    let rollout = settle(beginRollout(planOf([['d0'], ['d1', 'd2']])), 1, online, sent);
    rollout = settle(applyEvent(rollout, report('d0', 'committed')), 2, online, sent);
    const done = settle(applyEvent(rollout, report('d1', 'committed')), 3, online, sent);
    expect(done.state).toBe('done');
    expect(done.steps.get('d2')?.state).toBe('sent');
    const stopped = settle(
      applyEvent(
        { ...rollout, plan: planOf([['d0'], ['d1', 'd2']], { abort: { percent: 20, min: 1 } }) },
        report('d1', 'reverted'),
      ),
      3,
      online,
      sent,
    );
    expect(stopped).toMatchObject({ state: 'aborted', reason: '1 of 2 devices failed' });
    expect(stopped.steps.get('d2')?.state).toBe('withdrawn');
  });

  it('tolerates so many failures and no more', () => {
    const sent = new Set<string>();
    const devices = ids(10);
    let rollout = settle(
      beginRollout(planOf([devices], { canary: false, abort: { percent: 30, min: 5 } })),
      1,
      all,
      sent,
    );
    for (const [i, device] of devices.slice(0, 7).entries())
      rollout = settle(applyEvent(rollout, report(device, i > 4 ? 'reverted' : 'committed')), 2, all, sent);
    rollout = applyEvent(rollout, report('d8', 'received'));
    expect(rollout.state).toBe('running');
    rollout = settle(applyEvent(rollout, report('d7', 'reverted')), 3, all, sent);
    expect(rollout.state).toBe('aborting');
    expect(rollout.steps.get('d9')?.state).toBe('withdrawn');
    // One had begun: what becomes of it is waited for.
    rollout = settle(applyEvent(rollout, report('d8', 'committed')), 4, all, sent);
    expect(rollout).toMatchObject({ state: 'aborted', reason: '3 of 8 devices failed' });
    // The other was faster than the word that took it back.
    expect(
      applyEvent(rollout, { type: 'birth', device: 'd9', bundle: 'new', trial: '', nowMs: 5 }).steps.get('d9')?.state,
    ).toBe('committed');
  });
});

/**
 * Worlds of devices that commit, revert or say nothing, over a network that loses, repeats and reorders what they say.
 */
const world = fc.record({
  fates: fc.array(fc.constantFrom('committed', 'reverted', 'rejected', 'silent'), { minLength: 1, maxLength: 12 }),
  canary: fc.integer({ min: 1, max: 3 }),
  percents: fc.constantFrom([100], [50, 100], [25, 50, 100]),
  offline: fc.array(fc.nat(11), { maxLength: 3 }),
  disturb: fc.array(fc.tuple(fc.constantFrom('drop', 'repeat', 'delay'), fc.nat(60)), { maxLength: 30 }),
});

describe('any order of events', () => {
  it('sends each device at most one bundle of a number, and nothing behind a canary that failed', () => {
    fc.assert(
      fc.property(world, ({ fates, canary, percents, offline, disturb }) => {
        const devices = ids(fates.length);
        const online = (device: string): boolean => !offline.includes(Number(device.slice(1)));
        const plan = planOf(makeWaves(devices, { canary, percents }));
        const sent = new Set<string>();
        let rollout = beginRollout(plan);
        let nowMs = 1;
        const queue: RolloutEvent[] = [];
        const told = new Set<string>();
        for (let round = 0; round < 60; round++) {
          rollout = settle(rollout, (nowMs += 5000), online, sent);
          for (const device of sent) {
            const fate = fates[Number(device.slice(1))] as string;
            if (told.has(device) || !online(device) || fate === 'silent') continue;
            told.add(device);
            queue.push(
              ...(fate === 'rejected' ? ['rejected'] : ['received', 'verified', 'staged', 'trial', fate]).map((name) =>
                report(device, name),
              ),
              report(device, 'committed', 'old'),
            );
          }
          const [how, where] = disturb[round % Math.max(1, disturb.length)] ?? ['none', 0];
          const at = queue.length > 0 ? where % queue.length : 0;
          const event = queue[at];
          if (how === 'repeat' && event) queue.push(event);
          if (how === 'drop' && queue.length > 0) queue.splice(at, 1);
          const [next] = how === 'delay' ? queue.splice(at, 1) : queue.splice(0, 1);
          if (next) rollout = applyEvent(rollout, next);
        }
        const state = (device: string): string => rollout.steps.get(device)?.state ?? '';
        for (const device of devices) {
          const fate = fates[Number(device.slice(1))];
          // Nobody is said to have committed who has not, and nobody who was never sent the bundle has an outcome.
          if (state(device) === 'committed') expect(fate).toBe('committed');
          if (!sent.has(device)) expect(['waiting', 'withdrawn']).toContain(state(device));
        }
        const [first = []] = plan.waves;
        if (
          first.some(
            (device) =>
              online(device) &&
              (fates[Number(device.slice(1))] === 'reverted' || fates[Number(device.slice(1))] === 'rejected'),
          )
        ) {
          expect([...sent].filter((device) => !first.includes(device))).toEqual([]);
        }
        if (rollout.state === 'done')
          expect([...rollout.steps.values()].every((step) => isEnd(step.state) || !online(step.device))).toBe(true);
        if (rollout.state === 'aborted') expect(rollout.reason).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('gives no number twice', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (seen, floor) => {
        const number = nextNumber(seen, floor);
        expect(seen).not.toContain(number);
        expect(number).toBeGreaterThanOrEqual(Math.max(1, floor));
      }),
    );
  });
});
