/**
 * A broker that is against its users: it can change, withhold and repeat everything, and write raw bytes to a board.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';

/** A message on its way to `client`, a board's id in hexadecimal or the operator. */
export interface Passing {
  readonly client: string;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** What becomes of a message: other bytes, or nothing at all. */
export type Bend = (message: Passing) => Uint8Array | undefined;

/** Passes everything on as it came. */
export const honest: Bend = ({ payload }) => payload;

export class HostileBroker {
  bend: Bend = honest;
  /** Topics that a client never hears of, whatever else is done to them: `client topic`. */
  readonly withheld = new Set<string>();
  private readonly clients = new Map<string, Client>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly aedes: Aedes,
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<HostileBroker> {
    const bend = (client: Client, packet: AedesPublishPacket): AedesPublishPacket | null => broker.pass(client, packet);
    const aedes = await Aedes.createBroker({ authorizeForward: bend, queueLimit: 1000 });
    const server = createServer((socket) => {
      broker.sockets.add(socket.on('error', () => undefined).on('close', () => broker.sockets.delete(socket)));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const broker = new HostileBroker(aedes, server, typeof address === 'object' ? (address?.port ?? 0) : 0);
    aedes.on('clientReady', (client) => broker.clients.set(client.id, client));
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Bytes for a board that no broker should send. Resolves when they are on their way. */
  raw(client: string, bytes: Uint8Array): Promise<void> {
    const { conn } = this.of(client);
    return new Promise((resolve) => {
      conn.write(bytes, () => {
        resolve();
      });
    });
  }

  /** Breaks the connection of a board. */
  cut(client: string): void {
    this.of(client).conn.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    await new Promise<void>((resolve) => {
      this.aedes.close(() => {
        resolve();
      });
    });
  }

  private of(client: string): Client {
    const found = this.clients.get(client);
    if (!found) throw new Error(`${client} is not connected`);
    return found;
  }

  private pass(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    if (this.withheld.has(`${client.id} ${packet.topic}`)) return null;
    const payload = this.bend({
      client: client.id,
      topic: packet.topic,
      payload: new Uint8Array(Buffer.from(packet.payload)),
    });
    return payload === undefined ? null : Object.assign(packet, { payload: Buffer.from(payload) });
  }
}

/** A publication, QoS 1, as bytes; `remaining`: the length that it announces. */
export function publication(
  topic: string,
  payload: Uint8Array,
  remaining = topic.length + 4 + payload.length,
): Uint8Array {
  const length: number[] = [];
  for (let left = remaining; left > 0 || length.length === 0; left >>= 7)
    length.push((left & 0x7f) | (left >= 0x80 ? 0x80 : 0));
  return Uint8Array.from([
    0x32,
    ...length,
    topic.length >> 8,
    topic.length & 0xff,
    ...new TextEncoder().encode(topic),
    0x7f,
    0xff,
    ...payload,
  ]);
}
