import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unpackApp } from '../host/app.js';
import { sha256, toHex } from '../host/ids.js';
import type { Root } from '../host/root.js';
import { images, keys, rootOf, roots } from '../host/testing/cast.js';
import { Fleet } from './fleet.js';
import { isStillSigned, makePlan } from './plan.js';
import { runPush } from './push.js';
import { MemoryStore, type StoredPlan } from './store.js';
import { enrolmentOf, FakeDevice } from './testing/fake-device.js';
import { MemoryBroker } from './testing/memory-broker.js';
import { topicPath } from './topics.js';

/** Operators at one broker, each with a memory of his own. */
class Desk {
  readonly store = new MemoryStore('', (bytes) => toHex(sha256(bytes)));

  constructor(
    private readonly broker: MemoryBroker,
    private readonly devices: readonly FakeDevice[],
  ) {}

  /** The fleet under a root document, with what the broker keeps. */
  async fleet(root: Root): Promise<Fleet> {
    const fleet = new Fleet({
      broker: this.broker.connect('operator'),
      fleet: 'line1',
      root,
      enrolment: enrolmentOf(root, 'line1', this.devices),
      store: this.store,
      nowMs: Date.now,
      signers: [],
    });
    const opened = fleet.open();
    await vi.advanceTimersByTimeAsync(2000);
    await opened;
    return fleet;
  }

  /** Writes down a push of blink under a root document. `wants`: the fleet's devices are given it, too. */
  async plan(
    root: Root,
    { wants = false, only }: { readonly wants?: boolean; readonly only?: string } = {},
  ): Promise<StoredPlan> {
    const fleet = await this.fleet(root);
    const devices = fleet.devices.list().filter(({ name }) => only === undefined || name === only);
    const { stored } = makePlan(
      {
        app: unpackApp(images.blink),
        label: 'blink',
        kind: 'push',
        root,
        canary: 0,
        percents: [100],
        abort: { percent: 20, min: 3 },
        timeoutMs: 1000,
        healthMs: 1000,
        lastNumber: 0,
      },
      devices,
      { fleet, store: this.store, signers: [keys.alice], nowMs: Date.now() },
    );
    for (const { id } of wants ? devices : []) await fleet.want(id, stored.bundle);
    return stored;
  }
}

describe('a plan and the root document', () => {
  let broker: MemoryBroker;
  let d0: FakeDevice;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    broker = new MemoryBroker();
    d0 = new FakeDevice({
      broker: broker.connect('device'),
      fleet: 'line1',
      root: roots.one,
      key: keys.device,
      name: 'd0',
      fate: () => 'silent',
    });
    await d0.start();
  });
  afterEach(() => void vi.useRealTimers());

  it('hold together until its key, its epoch or its number is worth nothing any more', async () => {
    const stored = await new Desk(broker, [d0]).plan(roots.one);
    const members = { alice: ['root', 'release'] } as const;
    expect(isStillSigned(stored, roots.one)).toBe(true);
    expect(isStillSigned(stored, rootOf(members, 1, { version: 2, sequence: 1 }))).toBe(true);
    expect(isStillSigned(stored, rootOf(members, 1, { version: 2, sequence: 2 }))).toBe(false);
    expect(isStillSigned(stored, rootOf(members, 1, { version: 2, epoch: 1 }))).toBe(false);
    expect(isStillSigned(stored, rootOf({ bob: ['root', 'release'] }, 1, { version: 2 }))).toBe(false);
  });

  it('part: what was stopped is taken back, whoever may sign now', async () => {
    const desk = new Desk(broker, [d0]);
    const stored = await desk.plan(roots.one, { wants: true });
    const topic = topicPath('line1', 'desired', { device: stored.plan.waves.flat()[0] ?? '' });
    expect(broker.retained.get(topic)).toEqual(stored.bundle);
    const fleet = await desk.fleet(rootOf({ bob: ['root', 'release'] }, 1, { version: 2 }));
    const run = runPush({
      fleet,
      store: desk.store,
      stored: { ...stored, state: 'aborting' },
      claim: { operator: '', who: '', since: '' },
      nowMs: Date.now,
      ended: new Promise(() => undefined),
    });
    await vi.advanceTimersByTimeAsync(2000);
    expect((await run).state).toBe('aborted');
    expect(broker.retained.has(topic)).toBe(false);
  });

  it(
    'of a new epoch: the bundle of somebody whose memory is lost is gone on with, whatever number the epoch ' +
      'before had reached',
    async () => {
      // Who is on line and follows the older document gets nothing that is signed under the next.
      await d0.presence(false);
      const before = new Desk(broker, [d0]);
      for (let number = 1; number <= 3; number++) await before.plan(roots.one);
      const next = rootOf({ alice: ['root', 'release'] }, 1, { version: 2, epoch: 1 });
      const lost = await new Desk(broker, [d0]).plan(next, { wants: true });
      const taken = await before.plan(next);
      expect([taken.plan.number, taken.plan.digest]).toEqual([lost.plan.number, lost.plan.digest]);
    },
  );
});
