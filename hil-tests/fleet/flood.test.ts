/**
 * Floods from everywhere: the broker, the network, the link, at 44 kB/s and as fast as the way allows. The neighbour
 * keeps its beat, the link answers, nothing is reset or blamed, and an update that comes meanwhile is committed.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { toHex } from '../../ota/host/ids.js';
import { signFleet } from '../../ota/host/signed.js';
import { encodeBody, encodeFrame, link } from '../../sdk/wire/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { arpStorm, broadcastStorm, closedPorts, openCable, openPort, portTo } from './flood-frames.js';
import { Pace } from './flood-pace.js';
import { figures, FloodStage, type Kind } from './flood-stage.js';
import { publication } from './hostile-broker.js';
import { signer, topic } from './operator.js';

const MS = runs({ full: 60, short: 2 }) * 1000;
const FULL = MS > 2000;
const SLOW = 44_000;
/** 100 Mbit/s in frames of the least size, each with its length before it. */
const CABLE = 148_810 * 64;
/** 1.5 Mbaud, as the emulated board's port is set. */
const SERIAL = 150_000;

type Begin = (stage: FloodStage) => Promise<() => Promise<void> | void>;

interface Row {
  readonly what: string;
  readonly boards: readonly Kind[];
  /** Bytes a second of the fast one. */
  readonly fast: number;
  readonly begin: (rate: number) => Begin;
  /** Runs in the short tests too, on this board. */
  readonly short?: Kind;
}

const both: readonly Kind[] = ['virtual', 'qemu-m7'];
const emulated: readonly Kind[] = ['qemu-m7'];

/** A command that an operator's key seems to have signed: only the arithmetic tells. */
async function forged(stage: FloodStage): Promise<Uint8Array> {
  const device = await stage.device();
  const { seed } = signer();
  const body = { device, nonce: randomBytes(8), counter: 1, request: link.start.id, body: randomBytes(8) };
  return signFleet('command', body, [{ seed, publicKey: stage.owner.keys.operator.publicKey }]);
}

const broker =
  (bytes: (stage: FloodStage) => Promise<Uint8Array> | Uint8Array) =>
  (rate: number): Begin =>
  async (stage) =>
    stage.broker.begin(await bytes(stage), rate);

const cable =
  (frames: (stage: FloodStage) => Promise<Buffer> | Buffer) =>
  (rate: number): Begin =>
  async (stage) => {
    const qmp = await stage.qmp();
    const socket = await openCable(qmp);
    const pace = new Pace(rate, await frames(stage));
    let going = true;
    const done = (async () => {
      while (going) if (!socket.write(await pace.next())) await new Promise((resolve) => socket.once('drain', resolve));
    })();
    return async () => {
      going = false;
      await done;
      socket.destroy();
      qmp.close();
    };
  };

/**
 * Floods the link. A virtual board has a line for each host; the emulated one has one, which the flood shares with us:
 * a question of ours after each portion keeps what waits in the emulator as short as on a wire.
 */
const serial =
  (bytes: (stage: FloodStage) => Promise<Buffer> | Buffer, alone = false) =>
  (rate: number): Begin =>
  async (stage) => {
    const shared = stage.kind === 'qemu-m7';
    const line = shared ? stage.line : new TcpTransport({ host: '127.0.0.1', port: stage.rig.process.ready.tcp ?? 0 });
    if (!shared) await line.open();
    if (!shared) line.onData(() => undefined);
    const unit = await bytes(stage);
    const pace = new Pace(shared && alone ? unit.length : rate, unit);
    let going = true;
    const done = (async () => {
      while (going) {
        await line.write(await pace.next());
        if (shared) await stage.link.request('board', {}, { timeoutMs: 5000, attempts: 4 });
      }
    })();
    return async () => {
      going = false;
      await done;
      if (!shared) await line.close();
    };
  };

/** Connections to the virtual board's port and to one where nothing listens, as fast as they are made. */
const connections =
  (open: boolean) =>
  (rate: number): Begin =>
  (stage) => {
    let going = true;
    const port = open ? (stage.rig.process.ready.tcp ?? 0) : 1;
    const done = (async () => {
      while (going) {
        const line = new TcpTransport({ host: '127.0.0.1', port });
        await line.open().catch(() => undefined);
        await line.close();
        if (rate < Infinity) await sleep((60 * 3 * 1000) / rate);
      }
    })();
    return Promise.resolve(async () => {
      going = false;
      await done;
    });
  };

/** Requests with numbers of their own, each of which the board answers. */
const requests = (): Buffer =>
  Buffer.concat(
    Array.from({ length: 16 }, (_, i) =>
      encodeFrame({ id: link.list.id, response: false, seq: 0xff00 + i, body: encodeBody(link.list, { index: 0 }) }),
    ),
  );

const table: readonly Row[] = [
  {
    what: "the broker's PINGRESPs",
    boards: both,
    fast: Infinity,
    begin: broker(() => Buffer.of(0xd0, 0)),
    short: 'qemu-m7',
  },
  { what: 'publications', boards: both, fast: Infinity, begin: broker(() => Buffer.of(0x30, 3, 0, 1, 0x74)) },
  {
    what: 'forged commands',
    boards: both,
    fast: Infinity,
    begin: broker(async (stage) =>
      publication(topic('command', 'line1', { device: toHex(await stage.device()) }), await forged(stage)),
    ),
    short: 'virtual',
  },
  { what: 'TCP to closed ports', boards: emulated, fast: CABLE, begin: cable(closedPorts) },
  {
    what: "TCP to the broker's connection",
    boards: emulated,
    fast: CABLE,
    begin: cable(async (stage) => {
      const qmp = await stage.qmp();
      const port = await portTo(qmp, stage.broker.port);
      qmp.close();
      return openPort(stage.broker.port, port);
    }),
  },
  { what: 'TCP to the port of the link', boards: ['virtual'], fast: Infinity, begin: connections(true) },
  { what: 'TCP to a closed port', boards: ['virtual'], fast: Infinity, begin: connections(false) },
  { what: 'an ARP storm', boards: emulated, fast: CABLE, begin: cable(arpStorm), short: 'qemu-m7' },
  { what: 'a storm of broadcasts', boards: emulated, fast: CABLE, begin: cable(broadcastStorm) },
  { what: 'garbage on the link', boards: ['virtual'], fast: Infinity, begin: serial(() => randomBytes(4096)) },
  { what: 'garbage on the link', boards: emulated, fast: SERIAL, begin: serial(() => randomBytes(440)) },
  { what: 'requests on the link', boards: ['virtual'], fast: Infinity, begin: serial(requests) },
  { what: 'requests on the link', boards: emulated, fast: SERIAL, begin: serial(requests) },
];

const chosen = table.flatMap((row) =>
  row.boards.flatMap((board) =>
    [SLOW, row.fast]
      .filter((rate) => FULL || (row.short === board && rate === row.fast))
      .map((rate) => ({ ...row, board, rate })),
  ),
);

describe.each(both)('a flood on the board %s', (kind) => {
  const mine = chosen.filter(({ board }) => board === kind);
  describe.skipIf(mine.length === 0 || (kind === 'qemu-m7' && !hasEmulator()))('stops nobody', () => {
    it.each(mine)('$what at $rate B/s', { timeout: 120_000 + 3 * MS }, async ({ what, rate, begin }) => {
      const stage = await FloodStage.open(kind);
      try {
        const seen = await stage.endure(MS, () => begin(rate)(stage));
        const speed = rate === Infinity ? 'as fast as it goes' : `${Math.round(rate / 1000)} kB/s`;
        report(`${kind}, ${MS / 1000} s of ${what}, ${speed}`, figures(seen));
        expect(seen.missing).toBeLessThanOrEqual(1);
        if (kind === 'qemu-m7') expect(seen.skipped).toBe(0);
        expect(Math.max(...seen.latenciesMs)).toBeLessThan(200);
      } finally {
        await stage.close();
      }
    });
  });
});
