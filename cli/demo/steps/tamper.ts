/** Somebody with full rights at the broker changes one bit of what a board is sent. */
import { errors, phases } from '../../../hal/contract/index.js';
import { isRefused } from '../../../ota/host/envelope.js';
import { vendorId } from '../../../ota/host/ids.js';
import { verifyDevice } from '../../../ota/host/signed.js';
import { topicPath } from '../../../ota/operator/topics.js';
import { connectBroker } from '../../fleet/mqtt.js';
import { FLEET, OWNER } from '../fleet.js';
import { fleetOf, type Row, type Stage, type Step } from '../stage.js';

const WAIT_MS = 10_000;

/** A bit of the manifest, which lies between the signature and the app. */
function withBitFlipped(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const middle = Math.floor(bytes.length / 3);
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  return changed;
}

export const tamper: Step = {
  title: 'One bit changed on the way',
  async run(stage: Stage): Promise<Row[]> {
    const fleet = fleetOf(stage);
    const [, board] = fleet.boards;
    const [, identity] = await fleet.identities();
    const [, id = ''] = await fleet.ids();
    if (!board || !identity) throw new Error('the demo has no second board');
    const broker = await connectBroker({ url: fleet.url });
    const desired = topicPath(FLEET, 'desired', { device: id });
    const before = await board.link.request('board', {});
    const report = new Promise<{ phase: number; code: number }>((resolve, reject) => {
      setTimeout(() => {
        reject(new Error('the board reported nothing'));
      }, WAIT_MS).unref();
      broker.onMessage(({ topic, payload, retained }) => {
        if (topic === desired && retained) void broker.publish(desired, withBitFlipped(payload));
        if (topic === desired) return;
        const body = verifyDevice('report', payload, { vendor: vendorId(OWNER), publicKey: identity.key });
        if (!isRefused(body)) resolve(body);
      });
    });
    await broker.subscribe([topicPath(FLEET, 'events', { device: id }), desired]);
    const { phase, code } = await report;
    await broker.close();
    const after = await board.link.request('board', {});
    const row = errors.find((each) => each.code === code);
    stage.say(`${board.name} reports: ${phases[phase]?.name}, ${row?.text}`);
    return [
      {
        what: `a bit of ${board.name}'s bundle flipped`,
        seen:
          `${phases[phase]?.name} (${row?.name}); ${after.programs - before.programs} flash writes; ` +
          `${(await board.behaviours()).map(({ name, status }) => `${name} ${status}`).join(', ')}`,
      },
    ];
  },
};
