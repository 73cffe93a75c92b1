/** Who counts in a fleet: invented devices, and enrolled ones that lie about everything they can. */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { report, runs } from '../../sdk/testing/figures.js';
import { publicKey } from '../host/ed25519.js';
import { isRefused, type Signer } from '../host/envelope.js';
import { unpackApp } from '../host/app.js';
import { deviceId, sha256, toHex } from '../host/ids.js';
import { readRoll, signRoll, verifyRoll } from '../host/roll.js';
import { signFleet } from '../host/signed.js';
import { images, keys, roots } from '../host/testing/cast.js';
import { bodies } from '../host/testing/fleet-cases.js';
import { STRANGERS_MAX } from './devices.js';
import { Enrolment, nothingPending } from './enrolment.js';
import { Fleet } from './fleet.js';
import { makePlan, NobodyFits } from './plan.js';
import { runPush } from './push.js';
import { MemoryStore } from './store.js';
import { enrolmentOf, FakeDevice, type FakeOptions } from './testing/fake-device.js';
import { MemoryBroker } from './testing/memory-broker.js';
import { topicPath } from './topics.js';

const FLEET = 'line1';
const root = roots.one;
const signer = (number: number): Signer => {
  const seed = sha256(new TextEncoder().encode(`${number}`));
  return { seed, publicKey: publicKey(seed) };
};
/** Waits for work behind timers, of which only fake ones pass. */
async function passing<T>(work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => void (ended = true);
  work.then(end, end);
  for (let i = 0; i < 20_000 && !ended; i++) await vi.advanceTimersByTimeAsync(50);
  return work;
}

/** Everything that a device can say of itself to harm others. */
const LIES: Readonly<Record<string, Partial<typeof bodies.birth>>> = {
  'a number beyond all others': { number: 0xffffffff },
  'a number a little ahead': { number: 700 },
  'an absurd time': { time: 2 ** 52 },
  'a root document that nobody signed': { root: 4000 },
  'an older root document': { root: 0 },
  'another epoch': { epoch: 9, number: 5 },
  'a class that no board has': { class: 'nonsense' },
  'the name of another device': { name: 'd1' },
};

/** Invented devices of a flood, each of which publishes ten things more that are no documents. */
const INVENTED = runs({ full: 2000, short: STRANGERS_MAX + 20 });

describe('a fleet', () => {
  const pushes = { 'beside an invented liar': 0, 'beside an enrolled liar': 0 };
  let broker: MemoryBroker;
  let store: MemoryStore;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    broker = new MemoryBroker();
    store = new MemoryStore('one', (bytes) => toHex(sha256(bytes)));
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(() =>
    report(`pushes that the honest device committed, of ${Object.keys(LIES).length} with a lie each`, pushes),
  );

  const device = async (name: string, key: Signer, more: Partial<FakeOptions> = {}): Promise<FakeDevice> => {
    const fake = new FakeDevice({ broker: broker.connect(name), fleet: FLEET, root, key, name, ...more });
    await fake.start();
    return fake;
  };

  /** A birth of this key, on line, with whatever it says. */
  async function says(key: Signer, birth: Partial<typeof bodies.birth>): Promise<string> {
    const id = deviceId(root.vendor, key.publicKey);
    const connection = broker.connect('liar');
    const nonce = new Uint8Array(8).fill(9);
    const body = {
      ...bodies.birth,
      device: id,
      key: key.publicKey,
      boot: 1,
      counter: 1,
      nonce,
      name: 'liar',
      ...birth,
    };
    const at = (name: 'state' | 'online'): string => topicPath(FLEET, name, { device: toHex(id) });
    await connection.publish(at('state'), signFleet('birth', body, [key]), { retain: true });
    const presence = { device: id, boot: body.boot, nonce, online: true };
    await connection.publish(at('online'), signFleet('presence', presence, [key]), { retain: true });
    return toHex(id);
  }

  async function open(enrolment: Enrolment): Promise<Fleet> {
    const fleet = new Fleet({
      broker: broker.connect('operator'),
      fleet: FLEET,
      root,
      enrolment,
      store,
      nowMs: Date.now,
      signers: [keys.olga],
    });
    await passing(fleet.open());
    return fleet;
  }

  const plan = (fleet: Fleet): ReturnType<typeof makePlan> =>
    makePlan(
      {
        app: unpackApp(images.kalman),
        label: 'kalman',
        kind: 'push',
        root,
        canary: 1,
        percents: [100],
        abort: { percent: 20, min: 3 },
        timeoutMs: 20_000,
        healthMs: 1000,
        lastNumber: 0,
      },
      fleet.devices.list(),
      { fleet, store, signers: [keys.alice], nowMs: Date.now() },
    );

  const push = async (fleet: Fleet): Promise<readonly string[]> => {
    const { stored } = plan(fleet);
    const claim = { operator: 'one', who: '', since: '' };
    const done = await passing(
      runPush({ fleet, store, stored, claim, nowMs: Date.now, ended: new Promise(() => undefined) }),
    );
    return [done.state, ...[...done.steps.values()].map(({ state }) => state)];
  };

  it.each(Object.entries(LIES))('an invented device with %s stops nobody, and gets nothing', async (_, lie) => {
    const d1 = await device('d1', keys.device);
    const liar = await says(keys.otherDevice, lie);
    const fleet = await open(enrolmentOf(root, FLEET, [d1]));
    expect(fleet.devices.list().map(({ name }) => name)).toEqual(['d1']);
    expect(fleet.devices.strangers().list.map(({ id }) => id)).toEqual([liar]);
    expect(await push(fleet)).toEqual(['done', 'committed']);
    expect(d1.commits.map(({ number }) => number)).toEqual([1]);
    pushes['beside an invented liar']++;
    expect([...broker.retained.keys()].filter((topic) => topic.includes(liar)).map((topic) => topic.slice(-6))).toEqual(
      ['/state', 'online'],
    );
    expect(broker.log.some(({ topic }) => topic.includes(liar) && topic.endsWith('beacon'))).toBe(false);
    expect(store.devices().map(({ id }) => id)).toEqual([d1.id]);
  });

  it.each(Object.entries(LIES))('an enrolled device with %s harms itself only', async (_, lie) => {
    const d1 = await device('d1', keys.device);
    await says(keys.otherDevice, lie);
    const enrolment = enrolmentOf(root, FLEET, [d1]);
    enrolment.decide({
      ...nothingPending,
      enrol: [{ publicKey: keys.otherDevice.publicKey, class: 'virtual', name: 'zed' }],
    });
    const fleet = await open(enrolment);
    expect(fleet.devices.list().map(({ name }) => name)).toEqual(['d1', 'zed']);
    const [state, first] = await push(fleet);
    // The liar never commits anything: where it counts as a device of the plan, it runs into its time.
    expect([state, first]).toEqual([expect.stringMatching(/done|aborted/), 'committed']);
    expect(d1.commits.map(({ number }) => number)).toEqual([1]);
    pushes['beside an enrolled liar']++;
  });

  it('names who is left out, and why, if nobody else is meant', async () => {
    await says(keys.otherDevice, { number: 4711 });
    const row = { publicKey: keys.otherDevice.publicKey, class: 'virtual', name: 'zed' };
    const fleet = await open(new Enrolment(root, FLEET, { pending: { ...nothingPending, enrol: [row] } }));
    expect(() => plan(fleet)).toThrow(NobodyFits);
    expect(store.plans()).toEqual([]);
  });

  it('keeps neither memory nor log of floods', async () => {
    const d1 = await device('d1', keys.device);
    const fleet = await open(enrolmentOf(root, FLEET, [d1]));
    const flooder = broker.connect('flooder');
    for (let i = 0; i < INVENTED; i++) {
      await says(signer(i), {});
      const id = toHex(sha256(Uint8Array.of(i, i >> 8))).slice(0, 32);
      for (const name of ['state', 'online', 'events', 'reply', 'desired'] as const)
        for (const at of [id, d1.id]) await flooder.publish(topicPath(FLEET, name, { device: at }), Uint8Array.of(i));
    }
    expect(fleet.devices.strangers()).toMatchObject({ more: true, list: { length: STRANGERS_MAX } });
    expect(store.devices()).toHaveLength(1);
    // Each kind of document that was forged under the enrolled device's name, once for each thing that is wrong.
    const told = store.log.map(({ action, details }) => [action, details['document'], details['error']].join());
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBeLessThan(20);
    expect(await push(fleet)).toEqual(['done', 'committed']);
    report('a flood of invented devices', {
      devices: INVENTED,
      'publications that are no documents': 10 * INVENTED,
      'remembered as unknown': fleet.devices.strangers().list.length,
      'lines of the audit log': told.length,
      'bytes of them': JSON.stringify(store.log).length,
      'commits of a push after it': d1.commits.length,
    });
  }, 600_000);

  it('notices two boards with one key', async () => {
    const d1 = await device('d1', keys.device);
    const fleet = await open(enrolmentOf(root, FLEET, [d1]));
    await says(keys.device, { boot: 1, counter: 1, name: 'd1' });
    expect(store.log).toContainEqual({
      action: 'dropped',
      details: {
        device: d1.id,
        document: 'birth',
        error: 'twin',
        why: 'two documents 1.1: two boards have the key of this device',
      },
    });
    expect(fleet.devices.get(d1.id)?.birth.nonce).toEqual(new Uint8Array(8).fill(7));
  });

  it('believes a roll that operators signed, and takes who is new in it for a device at once', async () => {
    const d1 = await device('d1', keys.device);
    const fleet = await open(new Enrolment(root, FLEET, {}));
    expect(fleet.devices.list()).toEqual([]);
    const [right, wrong] = [enrolmentOf(root, FLEET, [d1]), enrolmentOf(root, FLEET, [d1])];
    const bytes = right.sign([keys.olga], 1_800_000_000).bytes;
    expect(() => wrong.sign([keys.mallory], 1)).toThrow(/unknown_key/);
    expect(() => wrong.sign([keys.alice], 1)).toThrow(/role/);
    const operator = broker.connect('other operator');
    await operator.publish(topicPath(FLEET, 'roll'), Uint8Array.of(...bytes.slice(0, -1), 0), { retain: true });
    await vi.advanceTimersByTimeAsync(100);
    expect(fleet.devices.list()).toEqual([]);
    await operator.publish(topicPath(FLEET, 'roll'), bytes, { retain: true });
    await vi.advanceTimersByTimeAsync(100);
    expect(fleet.devices.list().map(({ name, online }) => ({ name, online }))).toEqual([{ name: 'd1', online: true }]);
  });
});

describe('a roll', () => {
  const row = (key: Signer, name: string): (typeof nothingPending)['enrol'][number] => ({
    publicKey: key.publicKey,
    class: 'virtual',
    name,
  });
  const enrolled = (...names: readonly string[]): Enrolment =>
    new Enrolment(root, FLEET, {
      pending: { ...nothingPending, enrol: names.map((name, i) => row(signer(100 + i), name)) },
    });

  it('is read as it was signed, and any changed byte is refused', () => {
    const enrolment = enrolled('rover', 'crane');
    const { bytes, roll } = enrolment.sign([keys.olga], 1_800_000_000);
    const read = readRoll(bytes);
    expect(isRefused(read) ? read : read.roll).toEqual(roll);
    expect(roll.devices.map(({ name }) => name).sort()).toEqual(['crane', 'rover']);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(isRefused(verifyRoll(changed, { root, fleet: FLEET, old: undefined }))).toBe(true);
    }
    expect(verifyRoll(bytes, { root, fleet: 'line2', old: undefined })).toMatchObject({ error: 'invalid' });
    expect(
      verifyRoll(bytes, { root: { ...root, vendor: new Uint8Array(16) }, fleet: FLEET, old: undefined }),
    ).toMatchObject({ error: 'wrong_vendor' });
  });

  it('goes on in one direction: an older one is refused, and of two with one version all keep the same', () => {
    const [a, b] = [enrolled('rover'), enrolled('crane')];
    const first = a.sign([keys.olga], 1).bytes;
    const other = b.sign([keys.olga], 2).bytes;
    a.decide({ ...nothingPending, enrol: [row(signer(120), 'arm')] });
    const next = a.sign([keys.olga], 3).bytes;
    expect(a.take(first)).toMatchObject({ error: 'rollback' });
    const [c, d] = [enrolled(), enrolled()];
    [first, other].forEach((each) => c.take(each));
    [other, first].forEach((each) => d.take(each));
    expect(c.list()).toEqual(d.list());
    expect(c.take(next)).toBe(true);
    expect(c.list().map(({ name }) => name)).toEqual(['arm', 'rover']);
  });

  it('keeps what was decided here until it is signed, also if somebody else signs first', () => {
    const [a, b] = [enrolled('rover'), new Enrolment(root, FLEET, {})];
    b.decide({ ...nothingPending, enrol: [row(signer(130), 'rover')] });
    a.take(b.sign([keys.olga], 1).bytes);
    expect(a.isPending).toBe(true);
    expect(a.list().map(({ name }) => name)).toEqual(['rover', expect.stringMatching(/^rover-[0-9a-f]{4}$/)]);
    b.take(a.sign([keys.olga], 2).bytes);
    expect(a.isPending).toBe(false);
    expect(b.list()).toEqual(a.list());
  });

  it('has a device once, under the name that it had first', () => {
    const enrolment = enrolled('rover');
    const again = { ...nothingPending, enrol: [row(signer(100), 'crane')] };
    enrolment.decide(again);
    expect(enrolment.list().map(({ name }) => name)).toEqual(['rover']);
    enrolment.sign([keys.olga], 1);
    enrolment.decide(again);
    expect(enrolment.list().map(({ name }) => name)).toEqual(['rover']);
  });

  it('never enrols a key again that was revoked, but one that was forgotten', () => {
    const enrolment = enrolled('rover', 'crane');
    enrolment.sign([keys.olga], 1);
    const [crane, rover] = enrolment.list();
    if (!crane || !rover) throw new Error('two were enrolled');
    enrolment.decide({ enrol: [], forget: [crane.publicKey], revoke: [rover.publicKey] });
    expect([enrolment.list(), enrolment.isRevoked(rover.id), enrolment.isRevoked(crane.id)]).toEqual([[], true, false]);
    enrolment.sign([keys.olga], 2);
    enrolment.decide({ ...nothingPending, enrol: [crane, rover] });
    enrolment.sign([keys.olga], 3);
    expect(enrolment.list().map(({ name }) => name)).toEqual(['crane']);
    expect(enrolment.isRevoked(rover.id)).toBe(true);
  });

  it('is not ended by an operator who signs the last version that there is', () => {
    const roll = { vendor: root.vendor, fleet: FLEET, timeS: 1, devices: [] };
    for (const machine of [enrolled('rover'), enrolled()]) {
      if (machine.isPending) machine.sign([keys.olga], 1);
      for (const version of [0xffffffff, 1_000_002])
        expect(machine.take(signRoll({ ...roll, version }, [keys.olga]))).toMatchObject({ error: 'fast_forward' });
      machine.decide({ ...nothingPending, enrol: [row(signer(121), 'arm')] });
      machine.sign([keys.olga], 2);
      expect(machine.list().map(({ name }) => name)).toContain('arm');
      expect(machine.take(signRoll({ ...roll, version: 1_000_001 }, [keys.olga]))).toBe(true);
    }
  });

  it('is refused with names that would mislead', () => {
    for (const name of ['', 'a,b', 'a\u001b[31m', ' a', 'x'.repeat(33)]) {
      const roll = { version: 1, vendor: root.vendor, fleet: FLEET, timeS: 1 };
      const devices = [{ ...row(signer(140), name), state: 'enrolled' as const }];
      const bytes = signRoll({ ...roll, devices }, [keys.olga]);
      expect(verifyRoll(bytes, { root, fleet: FLEET, old: undefined })).toMatchObject({ error: 'profile' });
    }
  });
});
