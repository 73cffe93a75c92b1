/** A board at a real broker: births, presence, commands, and what it refuses. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../ota/host/ids.js';
import { type FleetBody, signFleet } from '../../ota/host/signed.js';
import { encodeBody, link } from '../../sdk/wire/index.js';
import type { BoardRig } from '../board-rig.js';
import { tars } from '../program.js';
import { openBoard, provision } from './board.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { errorName, Operator, Owner, phaseName, signer, topic } from './operator.js';

const FLEET = 'line1';
const COUNTER = `behaviour counter
  message N { n: i32 }
  publish out: N = "n"
  param step: i32 = 1 in 0 ..= 100
  var n: i32 = 0
  every 10ms { n += step; out.send({ n }) }`;

describe.skipIf(mosquittoPath === undefined)('a board at a broker', { timeout: 60_000 }, () => {
  const owner = new Owner();
  let broker: Mosquitto, rig: BoardRig, operator: Operator, birth: FleetBody<'birth'>;
  const device = (): string => toHex(birth.device);
  const commands = (): string => topic('command', FLEET, { device: device() });

  beforeAll(async () => {
    broker = await Mosquitto.start();
    operator = await Operator.connect(broker.url, owner, FLEET);
    rig = await openBoard();
    await rig.install([tars(COUNTER)]);
    await provision(rig, owner, { broker: broker.url, fleet: FLEET });
    birth = await operator.birth();
  });

  afterAll(async () => {
    await operator?.close();
    await rig?.close();
    await broker?.close();
  });

  /** Sends bytes to a topic and resolves with the code of the refusal that follows. */
  async function refusal(name: string, bytes: Uint8Array): Promise<string> {
    const before = operator.received.length;
    await operator.publish(name, bytes);
    const { code } = await operator.report(birth, ({ phase }) => phaseName(phase) === 'refused', before);
    return errorName(code);
  }

  it('its birth is signed by the key that makes its id, and says what it is and runs', async () => {
    const identity = await rig.link.request('identity', {});
    const { digest } = await rig.link.request('list', { index: 0 });
    expect(device()).toBe(toHex(identity.device));
    expect(toHex(birth.key)).toBe(toHex(identity.key));
    expect(toHex(birth.modules)).toBe(toHex(digest));
    expect(birth).toMatchObject({ class: 'virtual', root: 1, number: 0 });
    const presence = await operator.until(
      'presence',
      (received) => operator.documents('presence', received, birth.key)[0],
    );
    expect(presence.online).toBe(true);
    expect(toHex(presence.nonce)).toBe(toHex(birth.nonce));
    expect(toHex(identity.nonce)).toBe(toHex((await operator.ready(birth)).nonce));
    expect(toHex(identity.nonce)).not.toBe(toHex(birth.nonce));
  });

  it('a signed command starts, stops and sets, and is answered', async () => {
    const behaviour = 'counter';
    expect(await operator.order(birth, 'stop', { behaviour })).toBe(0);
    expect((await rig.status(behaviour)).status).toBe('stopped');
    // The stop is answered before the worker has stopped it; until then a start is refused as busy.
    await expect.poll(() => operator.order(birth, 'start', { behaviour }), { timeout: 10_000 }).toBe(0);
    expect((await rig.status(behaviour)).status).toBe('running');
    expect(await operator.order(birth, 'param.set', { behaviour, name: 'step', value: 7 })).toBe(0);
    expect(await rig.paramGet(behaviour, 'step')).toBe(7);
    expect(errorName(await operator.order(birth, 'param.set', { behaviour, name: 'step', value: 101 }))).toBe('range');
    expect(errorName(await operator.order(birth, 'stop', { behaviour: 'nobody' }))).toBe('unknown');
  });

  it('a request that only reads, or that must come over a port, is no command', async () => {
    const refused = operator.command(await operator.ready(birth), 'erase', {});
    await operator.publish(commands(), refused.document);
    const reply = await operator.until('reply', (received) =>
      operator.documents('reply', received, birth.key).find(({ command }) => command === refused.counter),
    );
    expect(errorName(reply.code)).toBe('denied');
  });

  it('the same command again is a replay', async () => {
    const { document } = operator.command(await operator.ready(birth), 'param.set', {
      behaviour: 'counter',
      name: 'step',
      value: 9,
    });
    const before = operator.received.length;
    await operator.publish(commands(), document);
    await operator.until('reply', (received) => operator.documents('reply', received, birth.key)[0], before);
    expect(await rig.paramGet('counter', 'step')).toBe(9);
    expect(await operator.order(birth, 'param.set', { behaviour: 'counter', name: 'step', value: 3 })).toBe(0);
    expect(await refusal(commands(), document)).toBe('replay');
    expect(await rig.paramGet('counter', 'step')).toBe(3);
  });

  const stopBody = encodeBody(link.stop, { behaviour: 'counter' });
  let nonce: Uint8Array = new Uint8Array();
  const stop = (changes: Partial<FleetBody<'command'>>, by = owner.keys.operator): Uint8Array =>
    signFleet(
      'command',
      {
        device: birth.device,
        nonce,
        counter: 0xffff_0000,
        request: link.stop.id,
        body: stopBody,
        ...changes,
      },
      [by],
    );

  const forgeries: readonly { readonly what: string; readonly code: string; readonly make: () => Uint8Array }[] = [
    { what: 'by a key that nobody knows', code: 'unknown_key', make: () => stop({}, signer()) },
    { what: 'by a key without the role', code: 'role', make: () => stop({}, owner.keys.release) },
    { what: 'under a nonce of nobody', code: 'nonce', make: () => stop({ nonce: new Uint8Array(randomBytes(8)) }) },
    { what: 'under the nonce of the session', code: 'nonce', make: () => stop({ nonce: birth.nonce }) },
    { what: 'for another device', code: 'wrong_device', make: () => stop({ device: new Uint8Array(16) }) },
    { what: 'with a counter of the past', code: 'replay', make: () => stop({ counter: 0 }) },
    { what: 'with a flipped bit', code: 'digest', make: () => flipped(stop({})) },
    { what: 'cut short', code: 'truncated', make: () => stop({}).subarray(0, -1) },
    { what: 'with a byte more', code: 'trailing', make: () => Buffer.concat([stop({}), new Uint8Array(1)]) },
    {
      what: 'that is a beacon',
      code: 'bad_signature',
      make: () =>
        signFleet('beacon', { device: birth.device, nonce: birth.nonce, epoch: 1, number: 1, time: 1, expiry: 2 }, [
          owner.keys.operator,
        ]),
    },
  ];
  it.each(forgeries)('a command $what is refused and reported', async ({ code, make }) => {
    nonce = (await operator.ready(birth)).nonce;
    expect(await refusal(commands(), make())).toBe(code);
    expect((await rig.status('counter')).status).toBe('running');
  });

  it('a command longer than anything that is signed is refused', async () => {
    expect(await refusal(commands(), new Uint8Array(4000))).toBe('too_long');
    expect(await refusal(commands(), new Uint8Array(20_000))).toBe('too_long');
    expect(await operator.order(birth, 'param.set', { behaviour: 'counter', name: 'step', value: 4 })).toBe(0);
  });

  it('a beacon that answers its nonce makes it fresh, and an older one is refused', async () => {
    const name = topic('beacon', FLEET, { device: device() });
    const beacon = (time: number): Uint8Array =>
      signFleet(
        'beacon',
        { device: birth.device, nonce: birth.nonce, epoch: 0, number: 0, time, expiry: time + 3600 },
        [owner.keys.operator],
      );
    await operator.publish(name, beacon(1_800_000_000));
    await operator.birth(({ freshness, time }) => freshness === 1 && time === 1_800_000_000);
    expect(await refusal(name, beacon(1_700_000_000))).toBe('past');
  });

  it('after a reset by command it is back with another nonce, and old commands are worth nothing', async () => {
    const old = await operator.ready(birth);
    expect(await operator.order(birth, 'reset', {})).toBe(0);
    birth = await operator.birth(({ boot }) => boot > old.boot);
    expect(toHex(birth.nonce)).not.toBe(toHex(old.nonce));
    const { document } = operator.command(old, 'stop', { behaviour: 'counter' });
    expect(await refusal(commands(), document)).toBe('nonce');
  });

  it('its will says that it is gone when it is killed', async () => {
    const before = operator.received.length;
    await rig.close('kill');
    const gone = await operator.until(
      'presence',
      (received) => operator.documents('presence', received, birth.key).find(({ online }) => !online),
      before,
    );
    expect(toHex(gone.nonce)).toBe(toHex(birth.nonce));
    expect(gone.boot).toBe(birth.boot);
  });
});

/** The last bit of the body flipped. */
function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
}
