import { expect, it, vi } from 'vitest';
import { sha256, toHex } from '../host/ids.js';
import { keys, roots } from '../host/testing/cast.js';
import { Fleet } from './fleet.js';
import { MemoryStore } from './store.js';
import { enrolmentOf, FakeDevice } from './testing/fake-device.js';
import { MemoryBroker } from './testing/memory-broker.js';
import { topicPath } from './topics.js';

it('opens while a device never stops talking', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const broker = new MemoryBroker();
  const device = new FakeDevice({
    broker: broker.connect('device'),
    fleet: 'line1',
    root: roots.one,
    key: keys.device,
    name: 'd0',
  });
  await device.start();
  const talker = broker.connect('talker');
  const talk = setInterval(
    () => void talker.publish(topicPath('line1', 'want', { device: '0'.repeat(32) }), new Uint8Array(1)),
    100,
  );
  const fleet = new Fleet({
    broker: broker.connect('operator'),
    fleet: 'line1',
    root: roots.one,
    enrolment: enrolmentOf(roots.one, 'line1', [device]),
    store: new MemoryStore('', (bytes) => toHex(sha256(bytes))),
    nowMs: Date.now,
    signers: [],
  });
  let open = false;
  const opened = fleet.open().then(() => (open = true));
  await vi.advanceTimersByTimeAsync(2000);
  clearInterval(talk);
  expect(open).toBe(true);
  await opened;
  expect(fleet.devices.list().map(({ name }) => name)).toEqual(['d0']);
  vi.useRealTimers();
});
