/** What a broker refuses, in the words of people: a server that speaks as much MQTT as it needs to refuse. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { connectBroker } from './mqtt.js';
import { PacketLengths } from './packets.js';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

interface Says {
  /** Answer to a CONNECT of MQTT 5: reason and properties. */
  readonly connack?: readonly [number, ...number[]];
  /** Reason of the answer to each message; absent: the connection ends with `disconnect`. */
  readonly puback?: number;
  readonly disconnect?: number;
  /** True: it knows 3.1.1 only. */
  readonly old?: boolean;
  /** Bytes behind the answer to a CONNECT. */
  readonly then?: readonly number[];
  /** Reasons of the answer to each subscription. */
  readonly suback?: readonly number[];
}

/** A broker that says this. Each packet of a test is a chunk of its own. */
async function broker({
  connack = [0],
  puback,
  disconnect,
  old = false,
  suback = [],
  then = [],
}: Says): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (packet) => {
      const kind = (packet[0] ?? 0) >> 4;
      const [reason, ...properties] = connack;
      if (kind === 1 && old)
        socket.write(Uint8Array.of(0x20, 2, 0, packet[8] === 5 ? 1 : 0, ...(packet[8] === 5 ? [] : then)));
      else if (kind === 1)
        socket.write(Uint8Array.of(0x20, 3 + properties.length, 0, reason, properties.length, ...properties, ...then));
      else if (kind === 8)
        socket.write(Uint8Array.of(0x90, 3 + suback.length, packet[2] ?? 0, packet[3] ?? 0, 0, ...suback));
      else if (kind === 3 && disconnect !== undefined) socket.end(Uint8Array.of(0xe0, 2, disconnect, 0));
      else if (kind === 3) {
        const at = (packet[1] ?? 0) >= 0x80 ? 3 : 2;
        const id = at + 2 + packet.readUInt16BE(at);
        const body = [packet[id] ?? 0, packet[id + 1] ?? 0, ...(old ? [] : [puback ?? 0, 0])];
        socket.write(Uint8Array.of(0x40, body.length, ...body));
      }
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `mqtt://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const publish = async (says: Says, bytes = 10): Promise<unknown> => {
  const connection = await connectBroker({ url: await broker(says) });
  try {
    await connection.publish('tars/v1/line1/roll', new Uint8Array(bytes), { retain: true });
    return 'taken';
  } catch (error) {
    return error;
  } finally {
    await connection.close();
  }
};

it.each([
  [131, 'log of the broker'],
  [135, 'right to read and write'],
  [144, 'below tars/v1/'],
  [151, 'quota'],
  [153, 'payloads'],
  [128, 'log of the broker'],
  [145, 'log of the broker'],
])('a message that is refused with reason %i is named, with a cure', async (puback, cure) => {
  expect(await publish({ puback })).toMatchObject({
    name: 'UserError',
    code: 'broker_refused',
    message: expect.stringContaining('refuses tars/v1/line1/roll') as string,
    cure: expect.stringContaining(cure) as string,
  });
});

it.each([
  [149, 'too large', 'max_packet_size'],
  [154, 'no retained', 'retain_available'],
  [155, 'QoS 0', 'max_qos'],
  [142, 'same name', 'other tars'],
])('a connection that ends with reason %i says why', async (disconnect, what, cure) => {
  expect(await publish({ disconnect })).toMatchObject({
    code: 'broker_gone',
    message: expect.stringContaining(what) as string,
    cure: expect.stringContaining(cure) as string,
  });
});

it.each([
  [128, 'reason 128', 'log of the broker'],
  [133, 'name of this client', 'tars-'],
  [134, 'let this user in', '--user'],
  [136, 'not available', 'again'],
  [137, 'busy', 'again'],
  [149, 'too large', 'max_packet_size'],
  [151, 'quota', 'quota'],
  [157, 'moved', '--broker'],
  [159, 'too many', 'again'],
])('a connection that is refused with reason %i is named, with a cure', async (reason, what, cure) => {
  await expect(connectBroker({ url: await broker({ connack: [reason] }) })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(what) as string,
    cure: expect.stringContaining(cure) as string,
  });
});

it('a subscription that is answered wrongly, or refused, is no bug of ours', async () => {
  for (const [suback, code] of [
    [[], 'broker_gone'],
    [[1], 'broker_gone'],
    [[1, 1, 1], 'broker_gone'],
    [[1, 128], 'denied'],
    [[1, 135], 'denied'],
    [[1, 131], 'broker_refused'],
    [[1, 143], 'broker_refused'],
    [[1, 151], 'broker_refused'],
    [[1, 158], 'broker_refused'],
  ] as const) {
    const connection = await connectBroker({ url: await broker({ suback }) });
    await expect(connection.subscribe(['tars/v1/line1/root', 'tars/v1/line1/roll'])).rejects.toMatchObject({
      name: 'UserError',
      code,
      exit: 3,
    });
    await connection.close();
    await new Promise((resolve) => server?.close(resolve));
  }
});

it('what the broker can not do is said before anything is sent', async () => {
  for (const [properties, cure] of [
    [[0x25, 0], 'retain_available'],
    [[0x24, 0], 'max_qos'],
    [[0x28, 0], 'wildcards'],
  ] as const)
    await expect(connectBroker({ url: await broker({ connack: [0, ...properties] }) })).rejects.toMatchObject({
      code: 'broker_limits',
      cure: expect.stringContaining(cure) as string,
    });
});

it('its largest packet is kept to: what is larger is not sent, and what fits is', async () => {
  const connack = [0, 0x27, 0, 0, 4, 0] as const;
  expect(await publish({ connack, puback: 0 }, 1000)).toMatchObject({
    code: 'broker_refused',
    message: expect.stringContaining('at most 1024') as string,
  });
  expect(await publish({ connack, puback: 0 }, 900)).toBe('taken');
});

it('one that knows MQTT 3.1.1 only is spoken to in that', async () => {
  expect(await publish({ old: true })).toBe('taken');
});

it('a packet that is announced as too large ends the connection before it is gathered', async () => {
  const lengths = new PacketLengths(300);
  // Whole packets of 0, 2 and 300 bytes, cut anywhere; then 301.
  const packets = [0xd0, 0, 0x40, 2, 0, 1, 0x30, 0xac, 2, ...new Array<number>(300).fill(0xff)];
  for (const byte of packets) expect(lengths.excess(Uint8Array.of(byte))).toBeUndefined();
  expect(lengths.excess(Uint8Array.from([...packets, 0x30, 0xad, 2]))).toBe(301);
  for (const old of [false, true]) {
    const connection = connectBroker({ url: await broker({ old, then: [0x30, 0xff, 0xff, 0xff, 0x7f] }) });
    const lost = connection.then(
      (open) => new Promise<Error>((resolve) => open.onLost(resolve)),
      (error: unknown) => error,
    );
    expect(await lost).toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('a packet of 268435455 bytes, at most') as string,
    });
    await new Promise((resolve) => server?.close(resolve));
  }
});

it('what comes before anybody listens is bounded, and said by count', async () => {
  const message = [0x30, 4, 0, 1, 0x61, 0];
  const then = Array.from({ length: 10_001 }, () => message).flat();
  const connection = connectBroker({ url: await broker({ then }) });
  const lost = connection.then(
    (open) => new Promise<Error>((resolve) => open.onLost(resolve)),
    (error: unknown) => error,
  );
  expect(await lost).toMatchObject({
    code: 'broker_gone',
    message: expect.stringContaining('sent 10001 messages (10001 bytes) unasked') as string,
  });
});
