/** Ethernet frames that nobody should send, put before the emulated board's controller as if a cable brought them. */
import { createServer, type Socket } from 'node:net';
import type { Qmp } from '../../cli/virtual/qmp.js';

const BOARD = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];
const STRANGER = [0x02, 0, 0, 0, 0, 0x66];
const EVERYBODY = Array<number>(6).fill(0xff);
/** Addresses in the emulator's network. */
const HOST_IP = [10, 0, 2, 2];
const BOARD_IP = [10, 0, 2, 15];
const STRANGER_IP = [10, 0, 2, 77];
const LEAST = 60;

/** A frame as the emulator's socket wants it: its length before it, and padded as a cable carries it. */
function framed(to: readonly number[], type: number, payload: readonly number[], from = STRANGER): Buffer {
  const frame = [...to, ...from, type >> 8, type & 0xff, ...payload];
  while (frame.length < LEAST) frame.push(0);
  return Buffer.from([0, 0, frame.length >> 8, frame.length & 0xff, ...frame]);
}

const words = (...values: readonly number[]): number[] => values.flatMap((value) => [value >> 8, value & 0xff]);

function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ip(protocol: number, from: readonly number[], to: readonly number[], payload: readonly number[]): number[] {
  const head = [0x45, 0, ...words(20 + payload.length, 1, 0), 64, protocol, 0, 0, ...from, ...to];
  const sum = checksum(head);
  return [...head.slice(0, 10), sum >> 8, sum & 0xff, ...head.slice(12), ...payload];
}

/** A segment of TCP with a right checksum. */
function tcp(
  from: readonly number[],
  ports: readonly [number, number],
  flags: number,
  data: readonly number[],
): number[] {
  const segment = [
    ...words(...ports),
    ...words(0x1234, 0x5678, 0x9abc, 0xdef0),
    0x50,
    flags,
    ...words(1024),
    0,
    0,
    0,
    0,
  ];
  const all = [...segment, ...data];
  const padded = all.length % 2 ? [...all, 0] : all;
  const sum = checksum([...from, ...BOARD_IP, 0, 6, ...words(all.length), ...padded]);
  return ip(6, from, BOARD_IP, [...segment.slice(0, 16), sum >> 8, sum & 0xff, ...segment.slice(18), ...data]);
}

const SYN = 0x02;
const PUSH = 0x18;

/** Questions for the board's address from ever other stations. */
export const arpStorm = (): Buffer =>
  Buffer.concat(
    Array.from({ length: 64 }, (_, i) => {
      const mac = [0x02, 0, 0, 0, 1, i];
      return framed(EVERYBODY, 0x0806, [
        ...words(1, 0x0800, 0x0604, 1),
        ...mac,
        ...[10, 0, 2, 100 + i],
        ...Array<number>(6).fill(0),
        ...BOARD_IP,
      ]);
    }),
  );

/** Datagrams for everybody: short ones and as long as a frame. */
export const broadcastStorm = (): Buffer =>
  Buffer.concat(
    [20, 200, 1400].map((size) => {
      const datagram = [...words(9999, 9999, 8 + size, 0), ...Array<number>(size).fill(0x55)];
      return framed(EVERYBODY, 0x0800, ip(17, STRANGER_IP, [255, 255, 255, 255], datagram));
    }),
  );

/** Attempts to connect, and segments of connections that aren't, to ports where nothing listens. */
export const closedPorts = (): Buffer =>
  Buffer.concat(
    Array.from({ length: 16 }, (_, i) =>
      framed(BOARD, 0x0800, tcp(STRANGER_IP, [40_000 + i, 1 + 97 * i], i % 2 ? SYN : PUSH, i % 2 ? [] : [1, 2, 3])),
    ),
  );

/** The same to the port of the board's connection to its broker, in the broker's name. */
export const openPort = (broker: number, port: number): Buffer =>
  Buffer.concat(
    [SYN, PUSH].map((flags) =>
      framed(BOARD, 0x0800, tcp(HOST_IP, [broker, port], flags, flags === SYN ? [] : Array<number>(64).fill(7))),
    ),
  );

/** The board's end of its connection to the broker. */
export async function portTo(qmp: Qmp, broker: number): Promise<number> {
  const text = String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }));
  const row = new RegExp(`TCP\\[ESTABLISHED\\]\\s+\\d+\\s+\\S+\\s+(\\d+)\\s+\\S+\\s+${broker}\\s`).exec(text);
  if (!row) throw new Error(`the board has no connection to port ${broker}:\n${text}`);
  return Number(row[1]);
}

/** Opens a way to put frames before the board's controller. */
export async function openCable(qmp: Qmp): Promise<Socket> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const network = String(await qmp.execute('human-monitor-command', { 'command-line': 'info network' }));
  const netdev = /(\S+): index=0,type=user/.exec(network)?.[1] ?? '';
  const came = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const data = { addr: { type: 'inet', data: { host: '127.0.0.1', port: String(port) } }, server: false };
  await qmp.execute('chardev-add', { id: 'cable', backend: { type: 'socket', data } });
  await qmp.execute('object-add', {
    'qom-type': 'filter-redirector',
    id: 'tap',
    netdev,
    queue: 'tx',
    indev: 'cable',
  });
  const cable = await came;
  server.close();
  return cable.on('error', () => undefined);
}
