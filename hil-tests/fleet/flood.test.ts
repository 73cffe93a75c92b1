/** A broker that sends without a pause: the board's clock goes on, so it says in time that it is there. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BoardRig } from '../board-rig.js';
import { openBoard, provision } from './board.js';
import { Owner } from './operator.js';

const CONNACK = Uint8Array.of(0x20, 2, 0, 0);
/** Publications of nothing on the topic `t`, QoS 0. */
const FLOOD = Buffer.alloc(50_000, Uint8Array.of(0x30, 3, 0, 1, 0x74));
const PINGREQ = Buffer.of(0xc0, 0);

let rig: BoardRig, server: Server;
const pings: number[] = [];

beforeAll(async () => {
  rig = await openBoard();
  server = createServer((socket) => {
    const flood = (): void => {
      while (!socket.destroyed && socket.write(FLOOD));
    };
    socket
      .on('error', () => undefined)
      .on('drain', flood)
      .once('data', () => {
        socket.write(CONNACK);
        flood();
      });
    socket.on('data', (bytes: Buffer) => {
      if (bytes.equals(PINGREQ)) pings.push(Date.now());
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(async () => {
  await rig?.close();
  server?.close();
});

it('a board that is flooded still pings', { timeout: 60_000 }, async () => {
  const address = server.address();
  await provision(rig, new Owner(), {
    broker: `mqtt://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    fleet: 'line1',
  });
  await expect.poll(() => pings.length, { timeout: 16_000, interval: 100 }).toBeGreaterThan(0);
});
