/**
 * The emulated Cortex-M7 in a fleet: pushes through mosquitto with TLS, by the command line, into firmware on FreeRTOS
 * and lwIP.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { homePath } from '../../cli/home.js';
import { Desk, makeKeys, MEMBER, PASSPHRASE } from '../../cli/testing/tars.js';
import { hasOpenssl, makeCertificates } from './certificates.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';

/** The apps have no period shorter than this: what a loaded computer skips of one looks like a bad app. */
const HEALTH_S = '0.5';
const PATIENCE_MS = 60_000;

interface Status {
  readonly online: boolean;
  readonly number: number;
}

describe.skipIf(mosquittoPath === undefined || !hasEmulator() || !hasOpenssl())(
  'an emulated board at a broker with TLS',
  { timeout: 240_000 },
  () => {
    const desk = new Desk();
    let broker: Mosquitto;

    const fine = async (...args: string[]): Promise<string> => {
      const { exit, out, err } = await desk.tars(args, { env: { TARS_PASSPHRASE: PASSPHRASE } });
      expect({ args, exit, err: exit === 0 ? '' : err }).toEqual({ args, exit: 0, err: '' });
      return out;
    };
    const status = async (): Promise<Status | undefined> =>
      (JSON.parse(await fine('fleet', 'list', '--json')) as Status[])[0];

    beforeAll(async () => {
      broker = await Mosquitto.start(makeCertificates(desk.folder).settings);
      makeKeys(desk.folder, { alice: MEMBER, olga: ['operator'] });
      await fine('keys', 'root', 'r.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
      await fine('board', 'start', 'arm', '--board', 'qemu-m7');
      await provision('arm');
    }, 120_000);

    const provision = (board: string): Promise<string> =>
      fine(
        'provision',
        '--port',
        board,
        '--root',
        'r.root',
        '--broker',
        `mqtts://localhost:${broker.port}`,
        '--ca',
        'ca.crt',
        '--fleet',
        'line1',
      );

    afterAll(async () => {
      await desk.dispose();
      await broker?.close();
    });

    it('takes two signed apps, one after the other', async () => {
      for (const name of ['blink', 'servo']) {
        await fine(
          'ota',
          'push',
          homePath(`examples/${name}`),
          '--key',
          'alice',
          '--key',
          'olga',
          '--health',
          HEALTH_S,
        );
        expect(await fine('ps', '--port', 'arm')).toMatch(new RegExp(`^${name} +running`, 'm'));
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

    it('takes part in one push to a group with two virtual boards', async () => {
      const virtual = ['leg1', 'leg2'];
      for (const name of virtual) {
        await fine('board', 'start', name);
        await provision(name);
      }
      await fine('fleet', 'group', 'robot', 'arm', ...virtual);
      await fine(
        'ota',
        'push',
        homePath('examples/servo'),
        '--group',
        'robot',
        '--key',
        'alice',
        '--key',
        'olga',
        '--health',
        HEALTH_S,
      );
      for (const name of ['arm', ...virtual])
        expect(await fine('ps', '--port', name), name).toMatch(/^servo +running/m);
      // A bundle for each class of boards, so two numbers.
      const all = JSON.parse(await fine('fleet', 'list', '--json')) as Status[];
      expect(all.map(({ online }) => online)).toEqual([true, true, true]);
      expect(new Set(all.map(({ number }) => number)).size).toBe(2);
    });
  },
);
