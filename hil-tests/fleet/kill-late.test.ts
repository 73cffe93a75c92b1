/**
 * A board that is off line when a push ends gets what does not fit a message under the same number, as soon as the
 * command is run again.
 */
import { expect, it } from 'vitest';
import { large } from '../acceptance/modules.js';
import { Fleet } from './harness.js';
import { mosquittoPath } from './mosquitto.js';

it.skipIf(mosquittoPath === undefined)(
  'goes on with a board that was left behind, under the same number',
  { timeout: 120_000 },
  async () => {
    const fleet = await Fleet.open('line1', 2);
    try {
      const app = fleet.app('large', [large('LED', 1000)]);
      const push = [
        'ota',
        'push',
        app.path,
        '--fleet',
        'line1',
        '--key',
        'alice',
        '--key',
        'olga',
        '--health',
        '0.3',
        '--canary',
        '0',
      ];
      const [first, second] = fleet.boards;
      first?.kill();
      await fleet.fine(...push);
      expect(await second?.running()).toMatchObject({ number: 1, app: app.digests });
      await first?.restart();
      await expect
        .poll(() => fleet.fine('fleet', 'list', '--fleet', 'line1'), { timeout: 30_000 })
        .not.toMatch(/virtual +\S+ +no/);
      await fleet.fine(...push);
      expect(await first?.running()).toEqual(await second?.running());
      expect(await fleet.fine(...push)).toContain('nothing to push');
    } finally {
      await fleet.close();
    }
  },
);
