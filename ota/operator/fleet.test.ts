import { afterEach, expect, it, vi } from 'vitest';
import { encodeBody, fleet as messages } from '../../sdk/wire/index.js';
import { packApp } from '../host/app.js';
import { sha256, toHex } from '../host/ids.js';
import { keys, roots } from '../host/testing/cast.js';
import { Arrival, ARRIVAL_BYTES, ARRIVAL_MS } from './arrival.js';
import type { Broker } from './broker.js';
import { Fleet } from './fleet.js';
import { MemoryStore } from './store.js';
import { enrolmentOf, FakeDevice } from './testing/fake-device.js';
import { MemoryBroker } from './testing/memory-broker.js';
import { topicPath } from './topics.js';

const fakeTime = (): unknown =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
afterEach(() => vi.useRealTimers());

const memory = (): MemoryStore => new MemoryStore('', (bytes) => toHex(sha256(bytes)));
const deviceOf = (broker: Broker): FakeDevice =>
  new FakeDevice({ broker, fleet: 'line1', root: roots.one, key: keys.device, name: 'd0' });
const fleetOf = (broker: Broker, device: FakeDevice, store = memory()): Fleet => {
  const enrolment = enrolmentOf(roots.one, 'line1', [device]);
  return new Fleet({ broker, fleet: 'line1', root: roots.one, enrolment, store, nowMs: Date.now, signers: [] });
};

it('opens while a device never stops talking, and topics are invented without end', async () => {
  fakeTime();
  const broker = new MemoryBroker();
  const device = deviceOf(broker.connect('device'));
  await device.start();
  const talker = broker.connect('talker');
  let invented = 0;
  const talk = setInterval(() => {
    const id = (++invented).toString(16).padStart(32, '0');
    for (const path of [
      topicPath('line1', 'want', { device: device.id }),
      topicPath('line1', 'state', { device: id }),
      topicPath('line1', 'logHead', { operator: id }),
      topicPath('line1', 'rootNext', { version: String(invented) }),
    ])
      void talker.publish(path, new Uint8Array(1));
  }, 100);
  const fleet = fleetOf(broker.connect('operator'), device);
  let open = false;
  const opened = fleet.open().then(() => (open = true));
  await vi.advanceTimersByTimeAsync(20_000);
  clearInterval(talk);
  expect(open).toBe(true);
  await opened;
  expect(fleet.devices.list().map(({ name }) => name)).toEqual(['d0']);
});

it('gives up on a broker without an end, and says what it has sent', async () => {
  fakeTime();
  const arrival = new Arrival(() => true);
  const talk = setInterval(
    () => arrival.hear({ topic: `t${Math.random()}`, payload: new Uint8Array(9), retained: true }),
    200,
  );
  const quiet = arrival.quiet();
  const slow = expect(Promise.race([quiet, arrival.flooded])).rejects.toMatchObject({
    heard: { messages: ARRIVAL_MS / 200 - 1, topics: ARRIVAL_MS / 200 - 1 },
  });
  await vi.advanceTimersByTimeAsync(ARRIVAL_MS);
  clearInterval(talk);
  await slow;
  arrival.end();
  vi.useRealTimers();
  const broker = new MemoryBroker();
  const payload = new Uint8Array(4 * 1024 * 1024);
  const device = deviceOf(broker.connect('device'));
  const fleet = fleetOf(broker.connect('operator'), device);
  const opened = expect(fleet.open()).rejects.toMatchObject({ heard: { messages: 32, topics: 1 } });
  const talker = broker.connect('talker');
  for (let sent = 0; sent < ARRIVAL_BYTES; sent += payload.length)
    await talker.publish(topicPath('line1', 'rootNext', { version: '1' }), payload);
  await opened;
});

it('drops requests for parts of an app that come faster than they are answered', async () => {
  const broker = new MemoryBroker();
  const device = deviceOf(broker.connect('device'));
  const store = memory();
  const image = packApp({ class: 'virtual', modules: [new Uint8Array(8)] });
  const connection = broker.connect('operator');
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const fleet = fleetOf({ ...connection, publish: () => gate }, device, store);
  await fleet.open();
  const answers = vi.spyOn(store, 'payload').mockReturnValue(image);
  const want = encodeBody(messages.want, { digest: sha256(image), index: true, first: 0, bitmap: 0 });
  const talker = broker.connect('talker');
  for (let i = 0; i < 1100; i++) await talker.publish(topicPath('line1', 'want', { device: device.id }), want);
  release();
  await fleet.settled();
  expect(answers.mock.calls.length).toBe(1024);
  // There is room again.
  await talker.publish(topicPath('line1', 'want', { device: device.id }), want);
  await fleet.settled();
  expect(answers.mock.calls.length).toBe(1025);
});
