/** A host that has stopped reading, as a `tars logs` that was suspended, doesn't keep the board from restarting. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LinkClient } from '../../cli/transport/link.js';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { encodeBody, encodeFrame, link } from '../../sdk/wire/index.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { tars } from '../program.js';

/**
 * Requests for the log, each of which the board answers anew: more than the buffers of a connection on the loopback
 * hold.
 */
const REQUESTS = 400_000;
/** Requests with so many sequence numbers are repeated: the board remembers the last one of a session. */
const SEQUENCE_NUMBERS = 1000;

let rig: BoardRig, port: number, stuck: Socket;

beforeAll(async () => {
  rig = await BoardRig.open(loadDescription('virtual'), { realTime: true });
  port = rig.process.ready.tcp ?? 0;
  // Nobody listens to its data, so the data isn't read.
  stuck = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
});

afterAll(async () => {
  stuck?.destroy();
  await rig?.close();
});

it('a board restarts though a host takes nothing', { timeout: 60_000 }, async () => {
  await rig.install([
    tars(`behaviour chatter
  every 10ms { log "a line that everybody who reads the log gets to see" }`),
  ]);
  const body = encodeBody(link.logs, { on: true, history: true });
  const requests = Array.from({ length: SEQUENCE_NUMBERS }, (_, i) =>
    encodeFrame({ id: link.logs.id, response: false, seq: 1 + i, body }),
  );
  const all = Buffer.alloc((REQUESTS / SEQUENCE_NUMBERS) * requests.reduce((sum, { length }) => sum + length, 0));
  await new Promise((resolve) => stuck.write(all.fill(Buffer.concat(requests)), resolve));
  const { boot } = rig.hello;
  await sleep(1000);
  await rig.link.request('reset', {});
  await expect
    .poll(
      async () => {
        const again = new LinkClient(new TcpTransport({ host: '127.0.0.1', port }));
        try {
          return (await again.connect()).boot;
        } finally {
          await again.close();
        }
      },
      { timeout: 15_000, interval: 50 },
    )
    .toBe(boot + 1);
});
