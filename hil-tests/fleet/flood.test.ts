/**
 * Floods from everywhere: the broker, the network, the link, at 44 kB/s and as fast as the way allows. The neighbour
 * keeps its beat, the link answers, nothing is reset or blamed, and an update that comes meanwhile is committed.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import type { Qmp } from '../../cli/virtual/qmp.js';
import { toHex } from '../../ota/host/ids.js';
import { signFleet } from '../../ota/host/signed.js';
import { encodeBody, encodeFrame, link } from '../../sdk/wire/index.js';
import { report, runs } from '../../sdk/testing/figures.js';
import { arpStorm, broadcastStorm, closedPorts, openCable, openPort, portTo } from './flood-frames.js';
import { Pace } from './flood-pace.js';
import { figures, FloodStage, type Kind, type Stop } from './flood-stage.js';
import { publication } from './hostile-broker.js';
import { signer, topic } from './operator.js';

const MS = runs({ full: 60, short: 2 }) * 1000;
const FULL = MS > 2000;
/** The board's clock may be slower than ours by so much. */
const PATIENCE = 60;
const SLOW = 44_000;
/** 100 Mbit/s in frames of the least size, each with its length before it. */
const CABLE = 148_810 * 64;
/** Lines of 115,200 Baud and of 1 Mbaud, 10 bits a byte. At more the emulator is too slow for a host that waits. */
const LINES = [11_520, SLOW, 100_000];
/** A faster line has room for more short requests than for their answers. */
const LINES_BOTH_WAYS = [11_520, SLOW];
/** What a broker is tried at, and what comes by cable. */
const UNBOUND = [SLOW, Infinity];
const WIRE = [SLOW, CABLE];
/** What a connection that is closed again takes of a cable. */
const CONNECTION = 180;

type Begin = (stage: FloodStage) => Promise<Stop>;

interface Row {
  readonly what: string;
  readonly boards: readonly Kind[];
  /** Bytes a second. */
  readonly rates: readonly number[];
  readonly begin: (rate: number) => Begin;
  /** The flood comes at a rate of the board's clock, by which it lasts; that clock counts instructions alone. */
  readonly byBoard?: boolean;
  /** The update comes by the broker: a line has one host, and its next request makes a board forget the one before. */
  readonly byBroker?: boolean;
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
  (frames: (stage: FloodStage, qmp: Qmp) => Promise<Buffer> | Buffer) =>
  (rate: number): Begin =>
  async (stage) => {
    const qmp = await stage.qmp();
    const socket = await openCable(qmp);
    const pace = new Pace(rate, await frames(stage, qmp));
    let going = true,
      sent = 0;
    const done = (async () => {
      while (going) {
        const frames = await pace.next();
        sent += frames.length;
        if (!socket.write(frames)) await new Promise((resolve) => socket.once('drain', resolve));
      }
    })();
    return async () => {
      going = false;
      await done;
      socket.destroy();
      qmp.close();
      return sent;
    };
  };

/** Floods a virtual board over a line of its own. */
const serial =
  (bytes: () => Buffer) =>
  (rate: number): Begin =>
  async (stage) => {
    const line = new TcpTransport({ host: '127.0.0.1', port: stage.rig.process.ready.tcp ?? 0 });
    await line.open();
    line.onData(() => undefined);
    const pace = new Pace(rate, bytes());
    let going = true,
      sent = 0;
    const done = (async () => {
      while (going) {
        const portion = await pace.next();
        sent += portion.length;
        await line.write(portion);
      }
    })();
    return async () => {
      going = false;
      await done;
      await line.close();
      return sent;
    };
  };

/**
 * Floods the one line of an emulated board as fast as the emulator's port takes the bytes: it hands them over one by
 * one, some thousands in a second of this computer. The board's clock goes slower meanwhile, so the rate by that clock
 * is several times higher; it is printed beside the other. A question after each portion tells that the portion
 * was taken, and a second portion is under way by then. Longer portions would only measure how long a question waits
 * behind them in the emulator.
 */
const shared = (bytes: () => Buffer) => (): Begin => (stage) => {
  let going = true,
    sent = 0;
  const flood = async (): Promise<void> => {
    while (going) {
      const portion = bytes();
      await stage.line.write(portion);
      await stage.link.request('board', {}, { timeoutMs: 5000, attempts: 4 });
      sent += portion.length;
    }
  };
  const done = Promise.all([flood(), flood()]);
  return Promise.resolve(async () => {
    going = false;
    await done;
    return sent;
  });
};

/**
 * Floods the one line of an emulated board at a rate of its own clock, however fast the emulator is: the bench puts the
 * bytes where the port has them.
 */
const line =
  (bytes: () => Buffer) =>
  (rate: number): Begin =>
  async (stage) => {
    const { control } = stage.rig;
    await control.request('line.feed', { rate, data: bytes() });
    return async () => {
      const { fed, lost } = await control.request('line.feed', { rate: 0, data: Buffer.of() });
      stage.lost = lost;
      return fed;
    };
  };

/** Connections to the virtual board's port and to one where nothing listens, as fast as they are made. */
const connections =
  (open: boolean) =>
  (rate: number): Begin =>
  (stage) => {
    let going = true,
      made = 0;
    const port = open ? (stage.rig.process.ready.tcp ?? 0) : 1;
    const done = (async () => {
      while (going) {
        made++;
        const line = new TcpTransport({ host: '127.0.0.1', port });
        await line.open().catch(() => undefined);
        await line.close();
        if (rate < Infinity) await sleep((CONNECTION * 1000) / rate);
      }
    })();
    return Promise.resolve(async () => {
      going = false;
      await done;
      return made * CONNECTION;
    });
  };

/** Requests with numbers of their own, each of which the board answers. */
const requests = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) =>
      encodeFrame({ id: link.list.id, response: false, seq: 0xff00 + i, body: encodeBody(link.list, { index: 0 }) }),
    ),
  );

/** Such that are longer than their answers. */
const questions = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) => {
      const body = encodeBody(link['param.get'], { behaviour: 'b'.repeat(32), name: 'n'.repeat(32) });
      return encodeFrame({ id: link['param.get'].id, response: false, seq: 0xff00 + i, body });
    }),
  );

/** Requests without their second halves. */
const halves = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, () => {
      const frame = requests(1);
      return frame.subarray(0, Math.ceil(frame.length / 2));
    }),
  );

const table: readonly Row[] = [
  {
    what: "the broker's PINGRESPs",
    boards: both,
    rates: UNBOUND,
    begin: broker(() => Buffer.of(0xd0, 0)),
    short: 'qemu-m7',
  },
  { what: 'publications', boards: both, rates: UNBOUND, begin: broker(() => Buffer.of(0x30, 3, 0, 1, 0x74)) },
  {
    what: 'forged commands',
    boards: both,
    rates: UNBOUND,
    begin: broker(async (stage) =>
      publication(topic('command', 'line1', { device: toHex(await stage.device()) }), await forged(stage)),
    ),
  },
  { what: 'TCP to closed ports', boards: emulated, rates: WIRE, begin: cable(closedPorts) },
  {
    what: "TCP to the broker's connection",
    boards: emulated,
    rates: WIRE,
    begin: cable(async ({ broker: { port } }, qmp) => openPort(port, await portTo(qmp, port))),
  },
  { what: 'TCP to the port of the link', boards: ['virtual'], rates: UNBOUND, begin: connections(true) },
  { what: 'TCP to a closed port', boards: ['virtual'], rates: UNBOUND, begin: connections(false) },
  { what: 'an ARP storm', boards: emulated, rates: WIRE, begin: cable(arpStorm), short: 'qemu-m7' },
  { what: 'a storm of broadcasts', boards: emulated, rates: WIRE, begin: cable(broadcastStorm) },
  { what: 'garbage on the link', boards: ['virtual'], rates: UNBOUND, begin: serial(() => randomBytes(4096)) },
  { what: 'requests on the link', boards: ['virtual'], rates: UNBOUND, begin: serial(() => requests(16)) },
  { what: 'garbage on the link', boards: emulated, rates: [Infinity], begin: shared(() => randomBytes(128)) },
  { what: 'half frames on the link', boards: emulated, rates: [Infinity], begin: shared(() => halves(8)) },
  { what: 'requests on the link', boards: emulated, rates: [Infinity], begin: shared(() => requests(8)) },
  { what: 'garbage on the line', boards: emulated, rates: LINES, begin: line(() => randomBytes(256)), byBoard: true },
  { what: 'half frames on the line', boards: emulated, rates: LINES, begin: line(() => halves(16)), byBoard: true },
  {
    what: 'requests on the line',
    boards: emulated,
    rates: LINES_BOTH_WAYS,
    begin: line(() => requests(8)),
    byBoard: true,
    byBroker: true,
  },
  {
    what: 'long requests on the line',
    boards: emulated,
    rates: LINES,
    begin: line(() => questions(3)),
    byBoard: true,
    byBroker: true,
  },
];

const chosen = table.flatMap((row) =>
  row.boards.flatMap((board) =>
    row.rates
      .filter((rate) => FULL || (row.short === board && rate === row.rates.at(-1)))
      .map((rate) => ({ ...row, board, rate })),
  ),
);

describe.each(both)('a flood on the board %s', (kind) => {
  const mine = chosen.filter(({ board }) => board === kind);
  describe.skipIf(mine.length === 0 || (kind === 'qemu-m7' && !hasEmulator()))('stops nobody', () => {
    it.each(mine)(
      '$what at $rate B/s',
      { timeout: 120_000 + PATIENCE * MS },
      async ({ what, rate, begin, byBoard = false, byBroker = false }) => {
        const stage = await FloodStage.open(kind, byBoard);
        try {
          const seen = await stage.endure(MS, () => begin(rate)(stage), {
            byBoard,
            update: byBroker ? () => stage.updateByBroker() : () => stage.update(),
          });
          const speed = rate === Infinity ? 'as fast as it goes' : `${Math.round(rate / 1000)} kB/s`;
          report(`${kind}, ${MS / 1000} s of ${what}, ${speed}`, figures(seen));
          expect(seen.missing).toBeLessThanOrEqual(1);
          if (kind === 'qemu-m7') expect(seen.skipped).toBe(0);
          expect(Math.max(...seen.latenciesMs)).toBeLessThan(200);
        } finally {
          await stage.close();
        }
      },
    );
  });
});

it.skipIf(!FULL).each(both)(
  'an update that a flooding broker brings is committed by the board %s',
  async (kind) => {
    const stage = await FloodStage.open(kind);
    try {
      const flood = async (): Promise<Stop> =>
        Promise.resolve(stage.broker.begin(Buffer.of(0x30, 3, 0, 1, 0x74), SLOW));
      const seen = await stage.endure(MS, flood, { update: () => stage.updateByBroker() });
      report(`${kind}, ${MS / 1000} s of publications, and the update by the same broker`, figures(seen));
      expect(seen.missing).toBeLessThanOrEqual(1);
    } finally {
      await stage.close();
    }
  },
  240_000,
);

it(
  'a broker that floods is left, the board says why, and comes back when that is over',
  { timeout: 60_000 },
  async () => {
    const stage = await FloodStage.open('virtual');
    try {
      const stop = stage.broker.begin(Buffer.of(0xd0, 0), Infinity);
      const why = async (): Promise<string> => (await stage.link.request('identity', {})).trouble;
      await expect.poll(why, { timeout: 20_000, interval: 100 }).toBe('it sends more messages than a board takes');
      expect(stage.said).toContain('broker: it sends more messages than a board takes (full)');
      expect(await stage.online()).toBe(false);
      const { sessions } = stage.broker;
      stop();
      await expect.poll(() => stage.online(), { timeout: 20_000, interval: 100 }).toBe(true);
      expect(stage.broker.sessions).toBe(sessions + 1);
      expect(await why()).toBe('');
    } finally {
      await stage.close();
    }
  },
);
