import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { runs } from '../../sdk/testing/figures.js';
import { unpackApp } from '../host/app.js';
import { signFleet } from '../host/signed.js';
import { sha256, toHex } from '../host/ids.js';
import { publicKey } from '../host/ed25519.js';
import type { Signer } from '../host/envelope.js';
import { bodies } from '../host/testing/fleet-cases.js';
import { images, keys, roots } from '../host/testing/cast.js';
import { packBundle } from '../host/bundle.js';
import type { Broker } from './broker.js';
import { Fleet } from './fleet.js';
import { lostPlans, republish } from './lost.js';
import { makePlan, type PlanInput, runsApp, unfinished } from './plan.js';
import { claimFleet, OtherOperator, runPush } from './push.js';
import type { Rollout } from './rollout.js';
import { MemoryStore, type Store } from './store.js';
import { enrolmentOf, type Fate, FakeDevice } from './testing/fake-device.js';
import { topicPath } from './topics.js';
import { type Disturb, MemoryBroker } from './testing/memory-broker.js';

const FLEET = 'line1';
const root = roots.one;
const hex = (bytes: Uint8Array): string => toHex(sha256(bytes));
const deviceKey = (index: number): Signer => {
  const seed = new Uint8Array(32).fill(100 + index);
  return { seed, publicKey: publicKey(seed) };
};

/** Time passes only where everything waits. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

async function passing<T>(work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => void (ended = true);
  work.then(end, end);
  for (let i = 0; i < 20_000 && !ended; i++) await vi.advanceTimersByTimeAsync(50);
  if (!ended) throw new Error('nothing happens any more');
  return work;
}

class Killed extends Error {}

interface World {
  readonly broker: MemoryBroker;
  readonly devices: readonly FakeDevice[];
}

async function makeWorld(fates: readonly ((number: number) => Fate)[]): Promise<World> {
  const broker = new MemoryBroker();
  const devices = fates.map(
    (fate, i) =>
      new FakeDevice({
        broker: broker.connect(`device ${i}`),
        fleet: FLEET,
        root,
        key: deviceKey(i),
        name: `d${i}`,
        fate,
      }),
  );
  for (const device of devices) await device.start();
  return { broker, devices };
}

const input = (image: keyof typeof images, more: Partial<PlanInput> = {}): PlanInput => ({
  app: unpackApp(images[image]),
  label: image,
  kind: 'push',
  root,
  canary: 1,
  percents: [50, 100],
  abort: { percent: 30, min: 2 },
  timeoutMs: 20_000,
  healthMs: 5000,
  lastNumber: 0,
  ...more,
});

const fleetOf = (broker: Broker, store: Store, devices: readonly FakeDevice[]): Fleet =>
  new Fleet({
    broker,
    fleet: FLEET,
    root,
    enrolment: enrolmentOf(root, FLEET, devices),
    store,
    nowMs: Date.now,
    signers: [keys.olga],
    // An operator that is killed says nothing.
    onFailure: () => undefined,
  });

/** What `tars ota push` does after it has connected; ends as the command does. */
async function push(
  connection: Broker,
  store: Store,
  what: PlanInput,
  devices: readonly FakeDevice[],
): Promise<Rollout | undefined> {
  const fleet = fleetOf(connection, store, devices);
  await fleet.open();
  const claim = { operator: store.operator, who: store.operator, since: 'now' };
  await claimFleet(fleet, claim);
  const left = fleet.devices.list().filter((device) => !runsApp(device, what.app));
  const open = unfinished(store);
  if (!open && left.length === 0) return undefined;
  const stored = open ?? makePlan(what, left, { fleet, store, signers: [keys.alice], nowMs: Date.now() }).stored;
  const rollout = await runPush({ fleet, store, stored, claim, nowMs: Date.now, ended: new Promise(() => undefined) });
  await fleet.claim(undefined);
  await connection.close();
  return rollout;
}

const store = (name = 'one'): MemoryStore => new MemoryStore(name, hex);
const always = (fate: Fate) => (): Fate => fate;
const onlyOneEach = ({ devices }: World): void => {
  for (const { offered, commits } of devices) {
    for (const [number, digests] of offered) expect({ number, digests: digests.size }).toEqual({ number, digests: 1 });
    expect(new Set(commits.map(({ digest }) => digest)).size).toBe(commits.length);
  }
};

describe('a push', () => {
  it('reaches everybody, answers births, and does nothing the second time', async () => {
    const world = await makeWorld([1, 2, 3].map(() => always('commit')));
    const memory = store();
    const done = await passing(push(world.broker.connect('operator'), memory, input('kalman'), world.devices));
    expect(done?.state).toBe('done');
    expect(world.devices.map(({ commits }) => commits.length)).toEqual([1, 1, 1]);
    expect(world.broker.log.some(({ topic }) => topic.endsWith('/beacon'))).toBe(true);
    expect(world.broker.retained.has(`tars/v1/${FLEET}/operator`)).toBe(false);
    expect(
      await passing(push(world.broker.connect('operator'), memory, input('kalman'), world.devices)),
    ).toBeUndefined();
    onlyOneEach(world);
  });

  it('is published again where the broker has forgotten it, unless something newer is there', async () => {
    const world = await makeWorld([always('silent')]);
    const [device] = world.devices as [FakeDevice];
    const topic = topicPath(FLEET, 'desired', { device: device.id });
    await device.presence(false);
    const memory = store();
    const options = input('kalman', { canary: 0 });
    expect(await passing(push(world.broker.connect('operator'), memory, options, world.devices))).toMatchObject({
      state: 'done',
    });
    const bundle = world.broker.retained.get(topic);
    const look = async (): Promise<number> => {
      const fleet = fleetOf(world.broker.connect('operator'), memory, world.devices);
      await passing(fleet.open());
      const lost = lostPlans(fleet, memory, root.epoch);
      await republish(fleet, lost);
      return lost.length;
    };
    expect(await look()).toBe(0);
    world.broker.retained.delete(topic);
    expect([await look(), world.broker.retained.get(topic)]).toEqual([1, bundle]);
    // Another operator has gone on, for a device of his.
    const facts = { image: images.topic, vendor: root.vendor, epoch: root.epoch, number: 9, healthMs: 5000 };
    const newer = packBundle(facts, [keys.alice]).bytes;
    world.broker.retained.delete(topic);
    world.broker.retained.set(topic.replace(device.id, 'f'.repeat(32)), newer);
    expect([await look(), world.broker.retained.has(topic)]).toEqual([0, false]);
  });

  it('ends at a canary that reverts', async () => {
    const world = await makeWorld([always('revert'), always('commit'), always('commit')]);
    const done = await passing(push(world.broker.connect('operator'), store(), input('kalman'), world.devices));
    expect(done).toMatchObject({ state: 'aborted', reason: 'a canary failed: reverted' });
    expect(world.devices.map(({ offered }) => offered.size)).toEqual([1, 0, 0]);
  });

  it('gives way to another operator, whichever of two comes first', async () => {
    // A canary that says nothing, so that the first is still at it when the second comes.
    const world = await makeWorld([always('silent'), always('commit')]);
    const ends = await passing(
      Promise.allSettled([
        push(world.broker.connect('one'), store('one'), input('kalman'), world.devices),
        push(world.broker.connect('two'), store('two'), input('topic'), world.devices),
      ]),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = ends.filter((end) => end.status === 'rejected');
    expect(lost?.reason).toBeInstanceOf(OtherOperator);
    onlyOneEach(world);
  });

  it('stops when somebody who does not ask pushes something newer', async () => {
    const world = await makeWorld([always('silent'), always('commit')]);
    const first = push(world.broker.connect('one'), store('one'), input('kalman'), world.devices);
    const stopped = expect(passing(first)).rejects.toThrow(/somebody else has pushed the bundle 2/);
    const rude = store('two');
    await vi.advanceTimersByTimeAsync(2000);
    const fleet = new Fleet({
      broker: world.broker.connect('two'),
      fleet: FLEET,
      root,
      enrolment: enrolmentOf(root, FLEET, world.devices),
      store: rude,
      nowMs: Date.now,
      signers: [],
    });
    await passing(fleet.open());
    const { stored } = makePlan(input('topic'), fleet.devices.list(), {
      fleet,
      store: rude,
      signers: [keys.alice],
      nowMs: Date.now(),
    });
    await fleet.want(fleet.devices.list()[0]?.id ?? '', stored.bundle);
    await stopped;
    onlyOneEach(world);
  });

  it('believes no births and reports of others, and none twice', async () => {
    const world = await makeWorld([always('commit')]);
    const memory = store();
    const id = world.devices[0]?.id ?? '';
    const forger = world.broker.connect('mallory');
    await forger.publish(`tars/v1/${FLEET}/d/${id}/state`, signFleet('birth', bodies.birth, [keys.mallory]));
    const done = passing(push(world.broker.connect('operator'), memory, input('kalman'), world.devices));
    await vi.advanceTimersByTimeAsync(200);
    await forger.publish(
      `tars/v1/${FLEET}/d/${id}/evt`,
      signFleet('report', { ...bodies.report, phase: 5 }, [keys.device]),
    );
    expect((await done)?.state).toBe('done');
    for (const { topic, payload } of [...world.broker.log].filter((message) => message.topic.endsWith('/evt')))
      await forger.publish(topic, payload);
    expect(memory.log.filter(({ action }) => action === 'dropped').map(({ details }) => details['error'])).toContain(
      'wrong_device',
    );
  });
});

/** Operators that are killed before or after any of their publications and writes, and start again. */
describe('kills at any moment', () => {
  const scene = fc.record({
    fates: fc.array(fc.constantFrom<Fate>('commit', 'commit', 'commit', 'revert'), { minLength: 1, maxLength: 5 }),
    kills: fc.array(fc.nat(40), { maxLength: 4 }),
    loses: fc.boolean(),
    disturb: fc.array(
      fc.constantFrom<ReturnType<Disturb>>('deliver', 'deliver', 'deliver', 'drop', 'repeat', 'delay'),
      { minLength: 1, maxLength: 20 },
    ),
  });

  it('lose nothing: each device commits once, one bundle a number, nothing behind a canary that failed', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ fates, kills, loses, disturb }) => {
        const world = await makeWorld(fates.map(always));
        let at = 0;
        // Only what devices say is disturbed: MQTT keeps the order of a topic, but not what a connection that broke was
        // owed.
        world.broker.disturb = ({ topic }, subscriber) =>
          subscriber === 'operator' && /evt$/.test(topic) ? (disturb[at++ % disturb.length] ?? 'deliver') : 'deliver';
        let memory = store();
        const what = input('kalman');
        for (const kill of [...kills, Infinity]) {
          let left = kill;
          const connection = world.broker.connect('operator', () => {
            if (left-- <= 0) throw new Killed('killed');
          });
          const run = push(connection, memory, what, world.devices);
          const end = await passing(
            run.then(
              (rollout) => rollout?.state ?? 'nothing',
              (error: unknown) => error,
            ),
          );
          await connection.close();
          world.broker.release();
          if (end instanceof Error && !(end instanceof Killed)) throw end;
          // A will would empty the claim; here the same operator comes back, or one with an empty memory.
          if (end instanceof Killed && loses) {
            memory = store();
            world.broker.retained.delete(`tars/v1/${FLEET}/operator`);
          }
          if (!(end instanceof Killed)) break;
        }
        onlyOneEach(world);
        for (const { commits } of world.devices) expect(commits.length).toBeLessThanOrEqual(1);
        const [first] = memory.plans();
        const canary = first?.plan.canary ? first.plan.waves[0]?.[0] : undefined;
        const failed = world.devices.find(({ id }) => id === canary);
        // Of this plan: a push that was stopped and then killed is followed by a new one, under the next number.
        const reached = world.devices
          .filter(({ offered }) => first && offered.has(first.plan.number))
          .map(({ id }) => id);
        if (!loses && failed && fates[world.devices.indexOf(failed)] === 'revert')
          expect(reached.filter((id) => id !== canary)).toEqual([]);
        if (!fates.includes('revert'))
          expect(world.devices.map(({ commits }) => commits.length)).toEqual(fates.map(() => 1));
      }),
      { numRuns: runs({ full: 500, short: 25 }) },
    );
  }, 240_000);
});
