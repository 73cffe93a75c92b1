/** What can go wrong between an operator and a fleet: one clear message each, from the command as a process. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createPlain } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packApp } from '../../ota/host/app.js';
import { brokerAddress } from '../fleet/brokers.js';
import { readAudit } from '../fleet/audit.js';
import { connectBroker } from '../fleet/mqtt.js';
import { Operator } from '../testing/operator.js';
import { clearError } from '../testing/tars.js';

const operator = new Operator();
const { desk, tars, file, servers, connections, push } = operator;
const listen: Operator['listen'] = (tls) => operator.listen(tls);
const device: Operator['device'] = (...args) => operator.device(...args);
const refused: Operator['refused'] = (...args) => operator.refused(...args);
let url = '';

beforeAll(async () => {
  await operator.begin();
  ({ url } = operator);
  writeFileSync(
    file('other.app'),
    packApp({ class: 'esp32-devkitc', modules: [new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])] }),
  );
}, 60_000);
afterAll(() => operator.end());

describe('tars ota says clearly that', () => {
  it('the broker is down', async () => {
    const port = await listen();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const args = push('line1').map((arg) => (arg === url ? `mqtt://127.0.0.1:${port}` : arg));
    await refused(args, 'nothing listens there', 'tars broker');
  });

  it('the broker is something else', async () => {
    const server = createPlain((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await refused(
      [
        'fleet',
        'list',
        '--fleet',
        'x',
        '--root',
        'one.root',
        '--broker',
        `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ],
      'no connection to the broker',
      'cure: ',
    );
  });

  it('there is no device to push to', () =>
    refused(push('empty'), 'has ever been on line in the fleet empty', 'tars provision'));

  it('a passphrase is wrong', () => refused(push('line1'), "can't open the key", 'try again', 'wrong'));

  it('a key lacks the role', async () => {
    await device('roles', 'rover');
    await refused(
      ['ota', 'push', 'kalman.app', '--fleet', 'roles', '--broker', url, '--root', 'one.root', '--key', 'mallory'],
      '1 key with the role release must sign',
      '--key alice',
    );
  });

  it('a device is unknown, and who there is', async () => {
    await device('names', 'rover');
    await refused(push('names', '--device', 'crane'), 'there is no device crane', 'choose among rover');
    await refused(push('names', '--device', 'rovre'), 'did you mean rover?', 'choose among rover');
    await refused(push('names', '--group', 'presses'), 'no group presses', 'tars fleet group');
  });

  it('the app is for other boards', async () => {
    await device('classes', 'rover');
    await refused(
      push('classes').map((arg) => (arg === 'kalman.app' ? 'other.app' : arg)),
      'class esp32-devkitc',
      '--board',
    );
  });

  it('another operator pushes, and lets him be passed over on request', async () => {
    await device('two', 'rover');
    const broker = await connectBroker({ url });
    connections.push(broker);
    await broker.publish(
      'tars/v1/two/operator',
      new TextEncoder().encode(JSON.stringify({ operator: 'ada', who: 'ada@desk', since: '2026-11-22' })),
      { retain: true },
    );
    await refused(push('two'), 'ada@desk pushes to this fleet since 2026-11-22', '--take-over');
    expect((await tars(push('two', '--take-over'))).exit).toBe(0);
  });

  it('there is nothing left to push, and that it is no mistake', async () => {
    const fake = await device('same', 'rover');
    expect(await tars(push('same'))).toMatchObject({
      exit: 0,
      err: expect.stringContaining('granted: the load that its modules come to at worst, priorities up to 0') as string,
    });
    expect(fake.commits).toHaveLength(1);
    expect(await tars(push('same'))).toMatchObject({
      exit: 0,
      out: 'nothing to push: the device runs this app already (bundle 2)\n',
    });
    expect(fake.commits).toHaveLength(1);
    await refused(
      ['ota', 'rollback', '--fleet', 'same', '--broker', url, '--root', 'one.root', '--key', 'alice', '--yes'],
      'no app before',
      'tars ota push',
    );
  });

  it.each([
    ['--percent', '50,25'],
    ['--percent', '25,50'],
    ['--percent', 'x'],
    ['--canary', '-1'],
    ['--abort-on', '0'],
    ['--abort-on', '101'],
    ['--health', '0'],
    ['--health', '1000'],
    ['--timeout', '0'],
  ])('%s does not take %s', async (option, value) => {
    const { exit, err } = await tars(push('line1', `${option}=${value}`));
    expect(exit).toBe(2);
    expect(err).toMatch(clearError);
  });
});

describe('with TLS', () => {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: desk.folder, stdio: 'ignore' });
  const certificates = (name: string): void =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
    );
  const server = (name: string, ca: string, ...dates: string[]): void => {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      '/CN=broker',
    );
    writeFileSync(file('san'), 'subjectAltName=IP:127.0.0.1\n');
    writeFileSync(file('index.txt'), '');
    writeFileSync(
      file('ca.conf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n' +
        'unique_subject=no\n[p]\ncommonName=supplied\n',
    );
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.conf',
      '-create_serial',
      '-keyfile',
      `${ca}.key`,
      '-cert',
      `${ca}.pem`,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-notext',
      '-extfile',
      'san',
      ...dates,
    );
  };
  const open = async (name: string): Promise<string> => {
    const tls = { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) };
    return `mqtts://127.0.0.1:${await listen(tls)}`;
  };
  const list = (broker: string, ca: string): string[] => [
    'fleet',
    'list',
    '--fleet',
    'tls',
    '--root',
    'one.root',
    '--broker',
    broker,
    '--ca',
    ca,
  ];

  beforeAll(() => {
    for (const name of ['right', 'wrong']) certificates(name);
    server('good', 'right', '-days', '20');
    server('old', 'right', '-startdate', '20200101000000Z', '-enddate', '20210101000000Z');
    server('early', 'right', '-startdate', '20400101000000Z', '-enddate', '20410101000000Z');
  });

  it('the right certificate opens the way, the wrong one is named', async () => {
    const broker = await open('good');
    expect(await tars(list(broker, 'right.pem'))).toMatchObject({
      exit: 0,
      out: expect.stringContaining('no device of this owner') as string,
    });
    await refused(list(broker, 'wrong.pem'), 'is not signed by the one that is trusted', '--ca');
    await refused(list(broker, 'right.pem').slice(0, -2), 'needs a certificate to trust', '--ca FILE');
  });

  it.each([
    ['old', 'expired', 'the clock of this computer'],
    ['early', 'not yet valid', 'set the clock of this computer'],
  ])('a clock or certificate that is off by years is named: %s', async (name, message, cure) => {
    await refused(list(await open(name), 'right.pem'), message, cure);
  });
});

describe('the log', () => {
  it('shows whether somebody has changed it', async () => {
    const path = join(desk.folder, 'state', 'tars', 'fleets', 'robots.example.same', 'audit.jsonl');
    const sound = readAudit(path);
    expect(sound).toMatchObject({ torn: false });
    expect(sound.broken).toBeUndefined();
    expect(sound.lines.map(({ action }) => action)).toContain('send');
    const args = ['ota', 'history', '--fleet', 'same', '--broker', url, '--root', 'one.root'];
    expect((await tars(args)).exit).toBe(0);
    expect(sound.lines.every(({ who }) => /.@./.test(who))).toBe(true);
    const lines = readFileSync(path, 'utf8').split('\n');
    // What is cut off behind leaves a chain that holds; only the head that was signed shows it.
    writeFileSync(path, [...lines.slice(0, -3), ''].join('\n'));
    expect(readAudit(path)).not.toHaveProperty('broken');
    // The next command with keys signs no head over it.
    expect(await tars(['fleet', 'enrol', ...args.slice(2), '--key', 'olga'])).toMatchObject({ exit: 0 });
    const cut = await tars(args);
    expect([cut.exit, cut.err]).toEqual([1, expect.stringMatching(/it had \d+ lines at .*, and has \d+/)]);
    writeFileSync(path, [...lines.slice(0, 1), ...lines.slice(2)].join('\n'));
    const { exit, err } = await tars(args);
    expect(exit).toBe(1);
    expect(err).toContain('line 2 does not follow');
  });
});

describe('tars broker', () => {
  it('says that a port is taken, and that it is for the desk', async () => {
    await refused(['broker', '--listen', new URL(url).port], 'EADDRINUSE', 'another broker runs there');
    const result = desk.tars(['broker', '--listen', '0'], {
      started: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    });
    expect(await result).toMatchObject({ exit: 0, out: expect.stringContaining('it is for the desk') as string });
  });

  it('prints an address that other commands take, for IPv6 too', async () => {
    const { exit, out } = await desk.tars(['broker', '--listen', '0', '--host', '::1', '--json'], {
      started: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    });
    // Exit code 3: this computer has no IPv6.
    if (exit === 0)
      expect(brokerAddress((JSON.parse(out) as { url: string }).url)).toMatchObject({ tls: false, host: '::1' });
    else expect(exit).toBe(3);
    await refused(
      ['provision', '--root', 'one.root', '--broker', 'mqtts://[::1]:8883', '--ca', 'one.root', '--fleet', 'line1'],
      'host name or IPv4',
      'provision --help',
    );
  });
});
