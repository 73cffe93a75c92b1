/** For tests of operators: a desk with keys and a root document, a broker, and devices that are enrolled. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createPlain, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createSecure } from 'node:tls';
import { Aedes } from 'aedes';
import { expect } from 'vitest';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';
import { decodeRoot, type Root } from '../../ota/host/root.js';
import { images, keys } from '../../ota/host/testing/cast.js';
import type { Broker } from '../../ota/operator/broker.js';
import { nothingPending } from '../../ota/operator/enrolment.js';
import { FakeDevice, type FakeOptions } from '../../ota/operator/testing/fake-device.js';
import { connectBroker } from '../fleet/mqtt.js';
import { decideHere } from '../fleet/rolls.js';
import { clearError, Desk, makeKeys, MEMBER, PASSPHRASE, type Background, type Result } from './tars.js';

export class Operator {
  readonly desk = new Desk();
  readonly servers: Server[] = [];
  readonly connections: Broker[] = [];
  /** Address of the broker. */
  url = '';

  /** Keys of alice, olga and mallory, a root document, an app, and a broker. */
  async begin(): Promise<void> {
    // Devices are enrolled from here as `tars provision` does it.
    process.env['XDG_CONFIG_HOME'] = join(this.desk.folder, '.config');
    makeKeys(this.desk.folder, { alice: MEMBER, olga: ['operator'], mallory: MEMBER });
    const root = ['keys', 'root', 'one.root', '--owner', 'robots.example'];
    expect((await this.tars([...root, '--member', 'alice', 'olga', '--key', 'alice'])).exit).toBe(0);
    writeFileSync(this.file('kalman.app'), images.kalman);
    this.url = `mqtt://127.0.0.1:${await this.listen()}`;
  }

  async end(): Promise<void> {
    for (const broker of this.connections) await broker.close();
    for (const server of this.servers) server.close();
    await this.desk.dispose();
  }

  tars = (args: readonly string[], passphrase = PASSPHRASE): Promise<Result> =>
    this.desk.tars(args, { env: { TARS_PASSPHRASE: passphrase } });

  background = (args: readonly string[]): Background => this.desk.background(args, { TARS_PASSPHRASE: PASSPHRASE });

  file = (name: string): string => join(this.desk.folder, name);

  /** A broker in this process, plain or with a certificate. */
  async listen(tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<number> {
    const aedes = await Aedes.createBroker();
    const handle = (socket: Parameters<typeof aedes.handle>[0]): void =>
      void aedes.handle(socket.on('error', () => undefined));
    const server = tls ? createSecure(tls, handle) : createPlain(handle);
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  root(): Root {
    const envelope = readEnvelope('root', new Uint8Array(readFileSync(this.file('one.root'))));
    if (isRefused(envelope)) throw new Error(envelope.why);
    return decodeRoot(envelope.document);
  }

  /** A device that is enrolled and on line. */
  async device(
    fleet: string,
    name: string,
    more: Partial<Pick<FakeOptions, 'key' | 'class' | 'fate'>> = {},
  ): Promise<FakeDevice> {
    const broker = await connectBroker({ url: this.url });
    this.connections.push(broker);
    const root = this.root();
    const fake = new FakeDevice({ broker, fleet, root, key: keys.device, name, ...more });
    decideHere(root, fleet, { ...nothingPending, enrol: [fake.row] });
    await fake.start();
    return fake;
  }

  /** Options that name a fleet, its broker, its owner and who signs. */
  to = (fleet: string): string[] =>
    `--fleet ${fleet} --broker ${this.url} --root one.root --key alice --key olga`.split(' ');

  push = (fleet: string, ...more: string[]): string[] => ['ota', 'push', 'kalman.app', ...this.to(fleet), ...more];

  /** The command fails with this one message and this cure. */
  async refused(args: readonly string[], message: string, cure: string, passphrase?: string): Promise<void> {
    const { exit, err, out } = await this.tars(args, passphrase);
    expect({ out, code: exit === 0 ? 0 : 1 }).toEqual({ out: '', code: 1 });
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
    expect(err).toContain(cure);
  }
}
