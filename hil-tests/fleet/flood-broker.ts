/** A broker that speaks just enough MQTT for a board to be on line, and then sends without a pause. */
import { createServer, type Server, type Socket } from 'node:net';
import { Pace } from './flood-pace.js';

const TYPE = { connect: 1, publish: 3, subscribe: 8, unsubscribe: 10, ping: 12 } as const;
const CONNACK = Buffer.of(0x20, 2, 0, 0);
const PINGRESP = Buffer.of(0xd0, 0);

/** Time from a connection to the first byte of the flood: the board is on line then. */
const HONEST_MS = 300;

export class FloodBroker {
  /** Sessions that boards have begun. */
  sessions = 0;
  /** Bytes of the flood that boards have been sent. */
  sent = 0;
  /** Times at which boards said that they are there. */
  readonly pings: number[] = [];
  private readonly sockets = new Set<Socket>();
  private retained: Uint8Array | undefined;
  private flood: { readonly bytes: Buffer; readonly rate: number } | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<FloodBroker> {
    const server = createServer({ noDelay: true }, (socket) => {
      broker.serve(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const broker = new FloodBroker(server, typeof address === 'object' ? (address?.port ?? 0) : 0);
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Sends these bytes over and over, `rate` bytes a second or as many as boards take. Returns how to stop it. */
  begin(bytes: Uint8Array, rate: number): () => number {
    this.sent = 0;
    const flood = { bytes: Buffer.from(bytes), rate };
    this.flood = flood;
    for (const socket of this.sockets) void this.pour(socket, flood);
    return () => {
      this.flood = undefined;
      return this.sent;
    };
  }

  /** Publishes a retained message to every board that is here or comes. */
  publish(packet: Uint8Array): void {
    this.retained = packet;
    for (const socket of this.sockets) socket.write(packet);
  }

  async close(): Promise<void> {
    this.flood = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let packet = firstPacket(rest); packet; packet = firstPacket(rest)) {
        rest = rest.subarray(packet.size);
        this.answer(socket, packet);
      }
    });
  }

  private answer(socket: Socket, { type, qos, body }: Packet): void {
    switch (type) {
      case TYPE.connect:
        this.sessions++;
        this.sockets.add(socket);
        socket.write(CONNACK);
        setTimeout(() => {
          if (this.flood) void this.pour(socket, this.flood);
        }, HONEST_MS);
        return;
      case TYPE.publish: {
        const id = 2 + body.readUInt16BE(0);
        if (qos > 0) socket.write(Buffer.of(0x40, 2, body[id] ?? 0, body[id + 1] ?? 0));
        return;
      }
      case TYPE.subscribe: {
        let filters = 0;
        for (let at = 2; at < body.length; at += 3 + body.readUInt16BE(at)) filters++;
        const id = body.subarray(0, 2);
        socket.write(Buffer.concat([Buffer.of(0x90, 2 + filters), id, Buffer.alloc(filters, 1)]));
        if (this.retained) socket.write(this.retained);
        return;
      }
      case TYPE.unsubscribe:
        socket.write(Buffer.of(0xb0, 2, body[0] ?? 0, body[1] ?? 0));
        return;
      case TYPE.ping:
        this.pings.push(performance.now());
        socket.write(PINGRESP);
        return;
      default:
    }
  }

  private async pour(socket: Socket, flood: NonNullable<FloodBroker['flood']>): Promise<void> {
    const pace = new Pace(flood.rate, flood.bytes);
    while (this.flood === flood && !socket.destroyed) {
      const bytes = await pace.next();
      if (this.flood !== flood || socket.destroyed) return;
      this.sent += bytes.length;
      if (!socket.write(bytes)) await room(socket);
    }
  }
}

/** Resolves when the socket takes more, or is gone. */
const room = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });

interface Packet {
  readonly type: number;
  readonly qos: number;
  readonly body: Buffer;
  /** Bytes of all of it. */
  readonly size: number;
}

/** The packet at the beginning, if it is whole. */
function firstPacket(bytes: Buffer): Packet | undefined {
  let length = 0;
  for (let at = 1; at < bytes.length && at <= 4; at++) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << (7 * (at - 1));
    if (byte & 0x80) continue;
    const size = at + 1 + length;
    const head = bytes[0] ?? 0;
    if (bytes.length < size) return undefined;
    return { type: head >> 4, qos: (head >> 1) & 3, body: bytes.subarray(at + 1, size), size };
  }
  return undefined;
}
