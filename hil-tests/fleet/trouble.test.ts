/**
 * Brokers that refuse a board: what is wrong and what helps stands in `tars ps`, and in the log afterwards. Each is a
 * server that speaks as much MQTT as it needs to refuse, or mosquitto with the setting that refuses.
 */
import { execFile } from 'node:child_process';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signFleet } from '../../ota/host/signed.js';
import { encodeBody, link as rows } from '../../sdk/wire/index.js';
import type { BoardRig } from '../board-rig.js';
import { projectRoot } from '../description.js';
import { openBoard, provision } from './board.js';
import { freePort } from './free-port.mjs';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Owner } from './operator.js';

const FLEET = 'line1';
const owner = new Owner();

/** Output of the command line. */
const run = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(projectRoot, 'cli/bin/tars.js'), ...args]);
  return stdout;
};

/** What a server does with a packet of the board; `kind` is its type in MQTT. */
type Answer = (kind: number, socket: Socket, packet: Buffer) => void;

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** Packets of MQTT in what has come so far; the rest is left. */
function* packetsOf(bytes: { rest: Buffer }): Generator<Buffer> {
  for (;;) {
    let length = 0;
    let at = 1;
    for (; at < bytes.rest.length; at++) {
      length |= ((bytes.rest[at] ?? 0) & 0x7f) << (7 * (at - 1));
      if (((bytes.rest[at] ?? 0) & 0x80) === 0) break;
    }
    const size = at + 1 + length;
    if (bytes.rest.length < 2 || at >= bytes.rest.length || bytes.rest.length < size) return;
    yield bytes.rest.subarray(0, size);
    bytes.rest = bytes.rest.subarray(size);
  }
}

/** A server on a free port of the loopback; returns its URL. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    const bytes = { rest: Buffer.alloc(0) };
    socket.on('data', (data) => {
      bytes.rest = Buffer.concat([bytes.rest, data]);
      for (const packet of packetsOf(bytes)) answer((packet[0] ?? 0) >> 4, socket, packet);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A CONNACK with this code, in MQTT 3.1.1, or 5 with empty properties. */
const connack =
  (code: number, five = false): Answer =>
  (kind, socket) =>
    void (kind === CONNECT && socket.write(Uint8Array.of(0x20, five ? 3 : 2, 0, code, ...(five ? [0] : []))));

/** A broker that lets the board in and answers the rest like this. */
const after =
  (answer: Answer): Answer =>
  (kind, socket, packet) => {
    if (kind === CONNECT) socket.write(Uint8Array.of(0x20, 2, 0, 0));
    else if (kind === PINGREQ) socket.write(Uint8Array.of(0xd0, 0));
    else answer(kind, socket, packet);
  };

/** A board in the owner's hands, whose broker can be changed by a signed command over its cable. */
class Board {
  private counter = 0;

  private constructor(readonly rig: BoardRig) {}

  static async open(broker: string): Promise<Board> {
    const board = new Board(await openBoard());
    await provision(board.rig, owner, { broker, fleet: FLEET });
    return board;
  }

  async move(broker: string, user = ''): Promise<void> {
    const { link } = this.rig;
    const { device, nonce } = await link.request('identity', {});
    const body = encodeBody(rows['network.set'], { broker, fleet: FLEET, user, password: 'wrong' });
    const request = { device, nonce, counter: ++this.counter, request: rows['network.set'].id, body };
    await link.request('command', { document: signFleet('command', request, [owner.keys.operator]) });
  }

  /** What it says of its broker now. */
  async trouble(): Promise<string> {
    return (await this.rig.link.request('identity', {})).trouble;
  }
}

const refusals: readonly { readonly what: string; readonly says: string; readonly answer: Answer }[] = [
  { what: 'CONNACK 1', answer: connack(1), says: "it doesn't speak MQTT 3.1.1: allow" },
  { what: 'CONNACK 2', answer: connack(2), says: "it refuses the client id: allow this device's id" },
  { what: 'CONNACK 3', answer: connack(3), says: 'it is busy or shutting down: the board tries again' },
  { what: 'CONNACK 4', answer: connack(4), says: 'it refuses user or password: change them' },
  { what: 'CONNACK 5', answer: connack(5), says: "it doesn't let this user in: allow it" },
  { what: 'CONNACK 132 of MQTT 5', answer: connack(132, true), says: "it doesn't speak MQTT 3.1.1: allow" },
  { what: 'CONNACK 133 of MQTT 5', answer: connack(133, true), says: 'it refuses the client id' },
  { what: 'CONNACK 134 of MQTT 5', answer: connack(134, true), says: 'it refuses user or password' },
  { what: 'CONNACK 135 of MQTT 5', answer: connack(135, true), says: "it doesn't let this user in" },
  { what: 'CONNACK 149 of MQTT 5', answer: connack(149, true), says: 'a message is too large for it: allow packets' },
  { what: 'CONNACK 154 of MQTT 5', answer: connack(154, true), says: 'it keeps no retained messages: allow them' },
  { what: 'CONNACK 155 of MQTT 5', answer: connack(155, true), says: 'it takes no messages of QoS 1: allow them' },
  { what: 'another code', answer: connack(0x83, true), says: 'it refuses the session: its log says why' },
  {
    what: 'the end of the connection in place of a CONNACK',
    answer: (_, socket) => void socket.end(),
    says: 'it hung up without an answer: does it speak MQTT 3.1.1 on this port',
  },
  {
    what: 'an answer of another protocol',
    answer: (_, socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    says: "what answers there doesn't speak MQTT 3.1.1",
  },
  {
    what: 'a refused subscription',
    answer: after((kind, socket, packet) => {
      if (kind === SUBSCRIBE) socket.write(Uint8Array.of(0x90, 3, packet[2] ?? 0, packet[3] ?? 0, 0x80));
    }),
    says: 'it refuses a subscription: let this user read below tars/v1/',
  },
  {
    what: 'the end of the connection at the first message',
    answer: after((kind, socket) => void (kind === PUBLISH && socket.end())),
    says: 'it hung up on a message: allow writing below tars/v1/ and packets of 16384 bytes',
  },
  {
    what: 'a DISCONNECT of MQTT 5 at the first message',
    answer: after((kind, socket) => void (kind === PUBLISH && socket.end(Uint8Array.of(0xe0, 2, 0x95, 0)))),
    says: 'a message is too large for it',
  },
];

describe('a broker that refuses a board', { timeout: 60_000 }, () => {
  let board: Board, patient: Board;

  beforeAll(async () => {
    const silent = await serve(after(() => undefined));
    [patient, board] = await Promise.all([Board.open(silent), Board.open(await serve(connack(5)))]);
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await board?.rig.close();
    await patient?.rig.close();
  });

  it.each(refusals)('$what is named, with what helps', async ({ answer, says }) => {
    await board.move(await serve(answer));
    await expect.poll(() => board.trouble()).toContain(says);
    const lines = await board.rig.logs();
    expect(lines.map(({ text }) => text)).toContainEqual(expect.stringContaining(`broker: ${says}`));
    expect((await board.rig.link.request('identity', {})).online).toBe(false);
  });

  it('nothing that listens, and nobody who answers the name, are named', async () => {
    await board.move(`mqtt://127.0.0.1:${await freePort()}`);
    await expect.poll(() => board.trouble()).toContain('refused or lost');
    await board.move('mqtt://no-such-host.invalid');
    await expect.poll(() => board.trouble()).toContain('no such host');
  });

  it.skipIf(mosquittoPath === undefined)('one with a limit of its packets, or a password, says so', async () => {
    const small = await Mosquitto.start(['max_packet_size 300']);
    try {
      await board.move(small.url);
      await expect.poll(() => board.trouble()).toContain('packets of 16384 bytes');
    } finally {
      await small.close();
    }
    const closed = await Mosquitto.start(['acl_file /dev/null', 'password_file /dev/null']);
    try {
      await board.move(closed.url, 'nobody');
      await expect.poll(() => board.trouble()).toMatch(/user or password|doesn't let this user in/);
    } finally {
      await closed.close();
    }
    const good = await Mosquitto.start();
    try {
      await board.move(good.url);
      await expect.poll(() => board.trouble()).toBe('');
      await expect.poll(async () => (await board.rig.link.request('identity', {})).online).toBe(true);
    } finally {
      await good.close();
    }
  });

  it('one that acknowledges nothing is named while the connection goes on', async () => {
    await expect
      .poll(() => patient.trouble(), { timeout: 30_000 })
      .toContain('it acknowledges no message: allow QoS 1');
    expect((await patient.rig.logs()).filter(({ text }) => text.startsWith('broker: '))).toHaveLength(2);
  });

  it('`tars ps` and `tars logs` show it', async () => {
    await board.move(await serve(connack(4)));
    await expect.poll(() => board.trouble()).toContain('password');
    const port = `tcp:127.0.0.1:${board.rig.process.ready.tcp ?? 0}`;
    expect(await run('ps', '--port', port)).toMatch(
      /no session with the broker mqtt:\S+: it refuses user or password: change them there, or provision again/,
    );
    expect(await run('logs', '--port', port)).toContain('broker: it refuses user or password');
  });
});
