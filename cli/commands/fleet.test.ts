/** Who belongs to a fleet: `tars fleet` as a process, a broker, and devices that nobody or somebody has enrolled. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';
import { toHex } from '../../ota/host/ids.js';
import { decodeRoot, type Root } from '../../ota/host/root.js';
import { images, keys } from '../../ota/host/testing/cast.js';
import type { Broker } from '../../ota/operator/broker.js';
import { FakeDevice } from '../../ota/operator/testing/fake-device.js';
import { connectBroker } from '../fleet/mqtt.js';
import { clearError, Desk, makeKeys, MEMBER, PASSPHRASE, type Result } from '../testing/tars.js';

const desk = new Desk();
const connections: Broker[] = [];
let server: Server;
let url = '';
let rover: FakeDevice;
let crane: FakeDevice;

const file = (name: string): string => join(desk.folder, name);
const tars = (args: readonly string[], on = desk): Promise<Result> =>
  on.tars(args, { env: { TARS_PASSPHRASE: PASSPHRASE } });
const at = (): string[] => ['--fleet', 'line1', '--broker', url, '--root', 'one.root'];
const fine = async (...args: string[]): Promise<string> => {
  const { exit, out, err } = await tars([...args, ...at()]);
  expect({ args, exit, err: exit === 0 ? '' : err }).toEqual({ args, exit: 0, err: '' });
  return out;
};
const refused = async (args: readonly string[], message: RegExp): Promise<void> => {
  const { exit, err } = await tars([...args, ...at()]);
  expect(exit).toBe(1);
  expect(err.split('\n').slice(-3).join('\n')).toMatch(clearError);
  expect(err).toMatch(message);
};
const names = async (): Promise<string[]> =>
  (JSON.parse(await fine('fleet', 'list', '--json')) as { name: string }[]).map(({ name }) => name);

function root(): Root {
  const envelope = readEnvelope('root', new Uint8Array(readFileSync(file('one.root'))));
  if (isRefused(envelope)) throw new Error(envelope.why);
  return decodeRoot(envelope.document);
}

async function device(name: string, key: (typeof keys)['device']): Promise<FakeDevice> {
  const broker = await connectBroker({ url });
  connections.push(broker);
  const fake = new FakeDevice({ broker, fleet: 'line1', root: root(), key, name });
  await fake.start();
  return fake;
}

beforeAll(async () => {
  const aedes = await Aedes.createBroker();
  server = createServer((socket) => void aedes.handle(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  makeKeys(desk.folder, { alice: MEMBER, olga: ['operator'] });
  const made = ['keys', 'root', 'one.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice'];
  expect((await tars(made)).exit).toBe(0);
  writeFileSync(file('kalman.app'), images.kalman);
  rover = await device('rover', keys.device);
  crane = await device('rover', keys.otherDevice);
}, 60_000);
afterAll(async () => {
  for (const broker of connections) await broker.close();
  server.close();
  await desk.dispose();
});

/** In this order: each test starts where the one before left the roll. */
describe('a device that nobody has enrolled', () => {
  it('is shown as unknown, with its key, and counts for nothing', async () => {
    const { out, err } = await tars(['fleet', 'list', ...at()]);
    expect(out).toContain('no device of this owner is enrolled');
    expect(err).toContain('2 that nobody has enrolled');
    expect(out).toContain(toHex(keys.device.publicKey));
    expect(await names()).toEqual([]);
    await refused(['ota', 'push', 'kalman.app', '--key', 'alice'], /2 that nobody has enrolled are there/);
    expect(rover.offered.size).toBe(0);
  });

  it('is enrolled by an operator, by its id or key, after somebody has said yes', async () => {
    await refused(['fleet', 'enrol', rover.id.slice(0, 8), '--key', 'olga'], /not confirmed: enrol rover/);
    await refused(['fleet', 'enrol', rover.id.slice(0, 8), '--key', 'alice', '--yes'], /role operator must sign/);
    await refused(['fleet', 'enrol', 'rover', '--key', 'olga', '--yes'], /nobody with the id rover/);
    await fine('fleet', 'enrol', rover.id.slice(0, 8), '--key', 'olga', '--yes');
    // What it calls itself is taken: it gets a name of its own.
    await fine('fleet', 'enrol', toHex(keys.otherDevice.publicKey), '--key', 'olga', '--yes');
    expect(await names()).toEqual(['rover', `rover-${crane.id.slice(0, 4)}`]);
    await fine('ota', 'push', 'kalman.app', '--key', 'alice', '--key', 'olga');
    expect([rover.commits.length, crane.commits.length]).toEqual([1, 1]);
  }, 60_000);

  it('is known on another machine by the roll that the broker keeps', async () => {
    const other = new Desk();
    try {
      writeFileSync(join(other.folder, 'one.root'), readFileSync(file('one.root')));
      const { out } = await tars(['fleet', 'list', '--json', ...at()], other);
      expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toHaveLength(2);
    } finally {
      await other.dispose();
    }
  });

  it('gets what somebody pushes while somebody else watches, and history names both', async () => {
    const watched = desk.background(['fleet', 'watch', '--key', 'olga', ...at()], { TARS_PASSPHRASE: PASSPHRASE });
    await watched.shows(/^rover .*  yes  /m);
    writeFileSync(file('topic.app'), images.topic);
    await fine('ota', 'push', 'topic.app', '--key', 'alice', '--key', 'olga');
    await watched.shows(/^rover .*  yes  2  2 /m);
    expect(await watched.end()).toMatchObject({ exit: 0 });
    const history = await fine('ota', 'history');
    for (const action of ['roll', 'plan', 'send', 'step']) expect(history).toMatch(new RegExp(`@\\S+ +${action} `));
  }, 60_000);

  it('takes the next root document after an interruption, which says that it is published', async () => {
    const made = ['keys', 'root', 'two.root', '--after', 'one.root', '--member', 'alice', 'olga', '--key', 'alice'];
    expect((await tars(made)).exit).toBe(0);
    const broker = await connectBroker({ url });
    connections.push(broker);
    await broker.subscribe(['tars/v1/line1/root']);
    let child: ChildProcess | undefined;
    // The devices of this test follow no root document: it is waited for them.
    broker.onMessage(() => setTimeout(() => child?.kill('SIGINT'), 100));
    const { exit, err } = await desk.tars(['fleet', 'root', 'two.root', ...at()], {
      started: (process) => (child = process),
    });
    expect([exit, err]).toEqual([1, expect.stringMatching(clearError)]);
    expect(err).toContain('interrupted; root document 2 is published and kept here');
  });

  it('is forgotten, and its place is free; a key that is revoked never comes back', async () => {
    await fine('fleet', 'forget', 'rover', '--key', 'olga', '--yes');
    await fine('fleet', 'revoke', `rover-${crane.id.slice(0, 4)}`, '--key', 'olga', '--yes');
    expect(await names()).toEqual([]);
    await refused(['fleet', 'enrol', crane.id, '--key', 'olga', '--yes'], /was revoked, and is never enrolled again/);
    await fine('fleet', 'enrol', rover.id, '--name', 'arm', '--key', 'olga', '--yes');
    expect(await names()).toEqual(['arm']);
    const unknown = JSON.parse(await fine('fleet', 'list', '--unknown', '--json')) as { state: string }[];
    expect(unknown.map(({ state }) => state)).toEqual(['revoked']);
  }, 60_000);
});
