/** A board at a real broker: births, presence, commands, and what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../ota/host/ids.js';
import type { FleetBody } from '../../ota/host/signed.js';
import type { Bench } from '../bench.js';
import { openBoard, provision } from './board.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Operator, Owner } from './operator.js';

describe.skipIf(mosquittoPath === undefined)('a board at a broker', { timeout: 60_000 }, () => {
  const owner = new Owner();
  let broker: Mosquitto, bench: Bench, operator: Operator, birth: FleetBody<'birth'>;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    operator = await Operator.connect(broker.url, owner, 'line1');
    bench = await openBoard();
    await provision(bench, owner, { broker: broker.url, fleet: 'line1' });
    birth = await operator.birth();
  });

  afterAll(async () => {
    await operator?.close();
    await bench?.close();
    await broker?.close();
  });

  it('its birth is signed by the key that makes its id, and says what it is', async () => {
    const identity = await bench.link.request('identity', {});
    expect(toHex(birth.device)).toBe(toHex(identity.device));
    expect(toHex(birth.key)).toBe(toHex(identity.key));
    expect(birth).toMatchObject({ class: 'virtual', root: 1, number: 0 });
    expect(identity.online).toBe(true);
    const presence = await operator.until('presence', (received) => operator.documents('presence', received, birth.key)[0]);
    expect(presence.online).toBe(true);
    expect(toHex(presence.nonce)).toBe(toHex(birth.nonce));
  });
});
