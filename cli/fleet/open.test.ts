import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, vi } from 'vitest';
import { sha256 } from '../../ota/host/ids.js';
import { keys, rootDocuments, roots } from '../../ota/host/testing/cast.js';
import { nothingPending } from '../../ota/operator/enrolment.js';
import { FakeDevice } from '../../ota/operator/testing/fake-device.js';
import { MemoryBroker } from '../../ota/operator/testing/memory-broker.js';
import { UserError } from '../errors.js';
import { whoAmI } from './audit.js';
import { openFleet } from './open.js';
import { decideHere } from './rolls.js';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('no entry');
  },
}));
const memory = new MemoryBroker();
vi.mock('./mqtt.js', () => ({
  connectBroker: () => {
    const broker = memory.connect('operator');
    return {
      ...broker,
      publish: (topic: string, ...rest: [Uint8Array]) =>
        topic.endsWith('/beacon')
          ? Promise.reject(new UserError('broker_refused', `the broker refuses ${topic}`, { cure: 'allow it' }))
          : broker.publish(topic, ...rest),
    };
  },
}));
const folder = mkdtempSync(join(tmpdir(), 'tars-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('says who pushes for a user without a name, as in a container', () => {
  expect(whoAmI()).toBe(`${process.getuid?.()}@${hostname()}`);
});

it('tells who opened a fleet that the broker refuses an answer to a device', async () => {
  process.env['XDG_CONFIG_HOME'] = folder;
  process.env['XDG_STATE_HOME'] = folder;
  const [root, fleet] = [roots.one, 'line1'];
  const device = new FakeDevice({ broker: memory.connect('device'), fleet, root, key: keys.device, name: 'd0' });
  decideHere(root, fleet, { ...nothingPending, enrol: [device.row] });
  const { lost, broker } = await openFleet(
    {
      settings: { fleet, broker: 'mqtt://broker' },
      file: { root, digest: sha256(rootDocuments.one), bytes: rootDocuments.one },
      ca: undefined,
      user: '',
      clockIsRight: true,
    },
    { signers: [keys.olga] },
  );
  await device.start();
  await expect(Promise.race([lost, sleep(5000, 'nothing is told')])).rejects.toMatchObject({
    code: 'broker_refused',
    message: expect.stringMatching(/refuses .*beacon/) as string,
  });
  await broker.close();
});
