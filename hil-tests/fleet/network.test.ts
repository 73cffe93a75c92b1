/**
 * When the way to the broker fails: the broker is killed, the cable is pulled, the broker isn't there, is another one,
 * or refuses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../ota/host/ids.js';
import type { FleetBody } from '../../ota/host/signed.js';
import type { BoardRig } from '../board-rig.js';
import { tars } from '../program.js';
import { description, openBoard, provision } from './board.js';
import { Cutter } from './cutter.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Operator, Owner, phaseName, topic } from './operator.js';

const FLEET = 'line1';
/** Periods of a second and a bit: what a loaded computer skips of shorter ones in the window looks like a bad app. */
const blink = (version: number): Uint8Array =>
  tars(`behaviour blink
  use led: gpio.out = pin("${description.wires['led'] ?? ''}")
  every ${1000 + version}ms { led.toggle() }`);

describe.skipIf(mosquittoPath === undefined)('the way to the broker', { timeout: 120_000 }, () => {
  const owner = new Owner();
  let broker: Mosquitto, cutter: Cutter, rig: BoardRig, operator: Operator, birth: FleetBody<'birth'>;
  let number = 0;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    cutter = await Cutter.open(broker.port);
    operator = await Operator.connect(broker.url, owner, FLEET);
    rig = await openBoard();
    await provision(rig, owner, { broker: cutter.url, fleet: FLEET });
    birth = await operator.birth();
  });

  afterAll(async () => {
    await operator?.close();
    await rig?.close();
    cutter?.close();
    await broker?.close();
  });

  const online = async (): Promise<boolean> => (await rig.link.request('identity', {})).online;
  async function untilOnline(wanted: boolean): Promise<void> {
    for (
      const end = Date.now() + 60_000;
      (await online()) !== wanted;
      await new Promise((resolve) => setTimeout(resolve, 50))
    ) {
      if (Date.now() > end) throw new Error(`still ${wanted ? 'off' : 'on'} line`);
    }
  }

  it(
    'a broker that is killed and comes back: the board is there again under a new nonce, and what was published ' +
      'meanwhile arrives',
    async () => {
      await untilOnline(true);
      await broker.end('SIGKILL');
      await untilOnline(false);
      await broker.resume();
      const before = operator.received.length;
      const made = owner.bundle([blink(20)], { number: ++number });
      await operator.publish(topic('desired', FLEET, { device: toHex(birth.device) }), made.bytes, true);
      const after = await operator.birth(({ bundle }) => toHex(bundle) === toHex(made.digest), before);
      expect(toHex(after.nonce)).not.toBe(toHex(birth.nonce));
      await operator.report(birth, ({ phase }) => phaseName(phase) === 'committed', before);
    },
  );

  it('a cable that is pulled while nothing happens is noticed by the silence', async () => {
    await untilOnline(true);
    cutter.stall();
    await untilOnline(false); // asked after 10 s, given up after 10 more
    const before = operator.received.length;
    cutter.heal();
    await operator.birth(({ nonce }) => toHex(nonce) !== toHex(birth.nonce), before);
    await untilOnline(true);
  });

  it('a trial loses its way back, and reports that nobody acknowledged come again when it is back', async () => {
    await untilOnline(true);
    const before = operator.received.length;
    const made = owner.bundle([blink(30)], { number: ++number, healthMs: 500 });
    const trial = operator.report(
      birth,
      ({ phase, bundle }) => phaseName(phase) === 'trial' && toHex(bundle) === toHex(made.digest),
      before,
    );
    await operator.publish(topic('desired', FLEET, { device: toHex(birth.device) }), made.bytes, true);
    await trial;
    cutter.stall(); // the rest of the trial happens without a way back
    await untilOnline(false);
    cutter.heal();
    const end = await operator.report(
      birth,
      ({ phase, bundle }) =>
        ['committed', 'reverted'].includes(phaseName(phase)) && toHex(bundle) === toHex(made.digest),
      before,
    );
    const { number: now } = await rig.link.request('identity', {});
    expect(now).toBe(phaseName(end.phase) === 'committed' ? number : number - 1);
  });

  it('a board that is moved to another broker by a signed command goes there', async () => {
    await untilOnline(true);
    const other = await Mosquitto.start();
    const there = await Operator.connect(other.url, owner, 'line2');
    try {
      const now = await operator.ready(operator.documents('birth', operator.received).at(-1) as FleetBody<'birth'>);
      const { document } = operator.command(now, 'network.set', {
        broker: other.url,
        fleet: 'line2',
        user: '',
        password: '',
      });
      await operator.publish(topic('command', FLEET, { device: toHex(birth.device) }), document);
      const arrived = await there.birth();
      expect(toHex(arrived.device)).toBe(toHex(birth.device));
    } finally {
      await there.close();
      await other.close();
    }
  });
});
