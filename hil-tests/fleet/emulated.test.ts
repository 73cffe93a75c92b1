/** The emulated Cortex-M7 in a fleet: pushes through mosquitto with TLS, by the command line, into firmware on FreeRTOS and lwIP. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { homePath } from '../../cli/home.js';
import { Desk } from '../../cli/testing/tars.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';

const HEALTH_S = '0.5';
const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
const PATIENCE_MS = 60_000;

interface Status { readonly online: boolean; readonly number: number }

const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

describe.skipIf(mosquittoPath === undefined || !hasEmulator() || !hasOpenssl())('an emulated board at a broker with TLS', { timeout: 240_000 }, () => {
  const desk = new Desk();
  let broker: Mosquitto;

  const fine = async (...args: string[]): Promise<string> => {
    const { exit, out, err } = await desk.tars(args, { env: { TARS_PASSPHRASE: 'correct horse' } });
    expect({ args, exit, err: exit === 0 ? '' : err }).toEqual({ args, exit: 0, err: '' });
    return out;
  };
  const status = async (): Promise<Status | undefined> => (JSON.parse(await fine('fleet', 'list', '--json')) as Status[])[0];

  /** A CA, and a certificate for the loopback that it signed. */
  function makeCertificates(): void {
    const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: desk.folder, stdio: 'pipe' });
    openssl('req', '-x509', ...P256, '-subj', '/CN=ca', '-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca.key', '-out', 'ca.crt');
    openssl('req', '-new', ...P256.slice(0, -2), '-subj', '/CN=broker', '-keyout', 'broker.key', '-out', 'broker.csr');
    writeFileSync(join(desk.folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    openssl('x509', '-req', '-in', 'broker.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '30', '-out', 'broker.crt');
  }

  beforeAll(async () => {
    makeCertificates();
    broker = await Mosquitto.start([`certfile ${join(desk.folder, 'broker.crt')}`, `keyfile ${join(desk.folder, 'broker.key')}`]);
    await fine('keys', 'new', 'alice');
    await fine('keys', 'new', 'olga', '--role', 'operator');
    await fine('keys', 'root', 'r.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
    await fine('board', 'start', 'arm', '--board', 'qemu-m7');
    await fine('provision', '--port', 'arm', '--root', 'r.root', '--broker', `mqtts://localhost:${broker.port}`, '--ca', 'ca.crt', '--fleet', 'line1');
  }, 120_000);

  afterAll(async () => {
    await desk.dispose();
    await broker?.close();
  });

  it('takes two signed apps, one after the other', async () => {
    for (const name of ['blink', 'kalman']) {
      await fine('ota', 'push', homePath(`examples/${name}`), '--key', 'alice', '--key', 'olga', '--health', HEALTH_S);
      expect(await fine('ps', '--port', 'arm')).toMatch(name === 'blink' ? /^blink +running/m : /^kf +running/m);
    }
    expect(await status()).toMatchObject({ online: true, number: 2 });
  });

  it('comes back by itself after its broker was killed', async () => {
    await broker.end('SIGKILL');
    await broker.resume();
    const end = Date.now() + PATIENCE_MS;
    while (!/ on line/.test(await fine('ps', '--port', 'arm')) && Date.now() < end) await sleep(200);
    await fine('ota', 'push', homePath('examples/blink'), '--key', 'alice', '--key', 'olga', '--health', HEALTH_S);
    expect(await fine('ps', '--port', 'arm')).toMatch(/^blink +running/m);
  });
});
