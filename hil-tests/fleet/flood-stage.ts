/**
 * A board with an owner, a neighbour that ticks at 100 Hz, and a broker that floods when it is told to; and what a
 * flood must not do to it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { statuses } from '../../hal/contract/index.js';
import { installBundle } from '../../cli/device/install.js';
import { LinkClient } from '../../cli/transport/link.js';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { toHex } from '../../ota/host/ids.js';
import { quantile } from '../../sdk/testing/figures.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { BEAT_US, neighbour } from '../acceptance/modules.js';
import { BoardRig, rows } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { until } from '../emulator/board.js';
import { provision } from './board.js';
import { FloodBroker } from './flood-broker.js';
import { publication } from './hostile-broker.js';
import { Owner, topic } from './operator.js';

/** Ends a flood; resolves with how many bytes it had. */
export type Stop = () => Promise<number> | number;

export type Kind = 'virtual' | 'qemu-m7';

const FLEET = 'line1';
const HEALTH_MS = 500;
/** Pause between two looks at how fast the link answers. */
const PAUSE_MS = 20;
const PATIENT = { timeoutMs: 5000, attempts: 4 } as const;

/** A module beside the neighbour, so that no two bundles are the same. */
const other = (version: number): Uint8Array =>
  handmade('(module (func (export "r") (param i32 i32)))', { name: 'other', sources: [[0, 1_000_000 + version]] });

export interface Seen {
  /** Ticks that must have been and weren't, and those that the board had no room for. */
  readonly missing: number;
  readonly skipped: number;
  readonly latenciesMs: readonly number[];
  /** Bytes of the flood a second, as far as the board's side took them. */
  readonly rate: number;
  /** The same, a second of the board's clock. */
  readonly boardRate: number;
  /** Bytes that came while the port of the link still held the one before. */
  readonly lost: number;
  /** What the board said about its broker. */
  readonly said: readonly string[];
}

/** What the neighbour has done by some time of the board. */
interface Ticks {
  readonly edges: number;
  readonly skipped: number;
  readonly afterUs: number;
  readonly beforeUs: number;
}

export class FloodStage {
  readonly owner = new Owner();
  readonly said: string[] = [];
  /** Set by a flood that knows it. */
  lost = 0;
  private number = 0;

  private constructor(
    readonly kind: Kind,
    readonly broker: FloodBroker,
    readonly rig: BoardRig,
    /** The way to the board that is measured, and where more can be written to. */
    readonly line: TcpTransport,
    readonly link: LinkClient,
  ) {}

  /** `busy`: as for a rig. */
  static async open(kind: Kind, busy = false): Promise<FloodStage> {
    const broker = await FloodBroker.start();
    const rig = await BoardRig.open(loadDescription(kind), { realTime: true, busy });
    await rig.link.close(); // an emulated board has one line only
    const line = new TcpTransport({ host: '127.0.0.1', port: rig.process.ready.tcp ?? 0 });
    const stage = new FloodStage(kind, broker, rig, line, new LinkClient(line));
    await stage.link.connect();
    await stage.link.request('logs', { on: true, history: false });
    stage.link.on('log', ({ text }) => {
      if (text.startsWith('broker:')) stage.said.push(text);
    });
    await provision({ link: stage.link }, stage.owner, { broker: broker.url, fleet: FLEET });
    await stage.update();
    await until(() => stage.online(), Boolean);
    return stage;
  }

  async online(): Promise<boolean> {
    return (await this.link.request('identity', {}, PATIENT)).online;
  }

  /** Device id. */
  async device(): Promise<Uint8Array> {
    return (await this.link.request('identity', {}, PATIENT)).device;
  }

  qmp(): Promise<Qmp> {
    return Qmp.connect(this.rig.process.ready.qmp ?? '');
  }

  /** Makes the next bundle. */
  bundle(): ReturnType<Owner['bundle']> {
    const { wires, board } = loadDescription(this.kind);
    const modules = [neighbour(wires['led'] ?? ''), other(++this.number)];
    return this.owner.bundle(modules, { number: this.number, healthMs: HEALTH_MS, class: board });
  }

  /** Installs the next bundle over the link: it is tried, and committed when its window has passed. */
  async update(): Promise<void> {
    await installBundle(
      { link: this.link, hello: this.rig.hello },
      {
        ...this.bundle(),
        trial: { healthMs: HEALTH_MS },
        confirm: async () => void (await this.link.request('install.confirm', {}, PATIENT)),
      },
    );
  }

  /** Lets the broker bring the next bundle, and waits until it is committed. */
  async updateByBroker(): Promise<void> {
    const { bytes } = this.bundle();
    this.broker.publish(publication(topic('desired', FLEET, { device: toHex(await this.device()) }), bytes));
    const done = async (): Promise<boolean> =>
      (await this.link.request('identity', {}, PATIENT)).number === this.number &&
      (await this.behaviours()).every((each) => !each.endsWith('in trial'));
    await until(done, Boolean);
  }

  /**
   * Floods the board for so long; in the middle of it an update is made. `byBoard`: the time is that of the board's
   * clock.
   */
  async endure(
    ms: number,
    begin: () => Promise<Stop>,
    { update = () => this.update(), byBoard = false } = {},
  ): Promise<Seen> {
    const from = await this.ticks();
    const hello = await this.link.request('hello', { nonce: 1 }, PATIENT);
    await this.link.request('logs', { on: true, history: false }, PATIENT);
    const { time: begunUs } = await this.link.request('board', {}, PATIENT);
    const stop = await begin();
    const begun = performance.now();
    const latenciesMs = await this.probe(ms / 2, byBoard);
    await update();
    latenciesMs.push(...(await this.probe(ms / 2, byBoard)));
    const sent = await stop();
    const rate = (sent * 1000) / (performance.now() - begun);
    const { time: endedUs } = await this.link.request('board', {}, PATIENT);
    const boardRate = (sent * 1e6) / (endedUs - begunUs);
    await sleep(200);
    const to = await this.ticks();
    const again = await this.link.request('hello', { nonce: 2 }, PATIENT);
    expect({ boot: again.boot, behaviours: await this.behaviours() }).toEqual({
      boot: hello.boot,
      behaviours: ['neighbour running, 0 faults', 'other running, 0 faults'],
    });
    expect((await this.link.request('identity', {}, PATIENT)).number).toBe(this.number);
    return {
      missing: (to.afterUs - from.beforeUs) / BEAT_US - (to.edges - from.edges) - (to.skipped - from.skipped),
      skipped: to.skipped - from.skipped,
      latenciesMs,
      rate,
      boardRate,
      lost: this.lost,
      said: this.said,
    };
  }

  async close(): Promise<void> {
    await this.link.close();
    await this.rig.close('kill');
    await this.broker.close();
  }

  /**
   * How long the link takes to answer. By the board's clock, between two answers with nothing between them, or by ours:
   * a computer that is busy makes one of them late, and a board that is, both.
   */
  private async probe(ms: number, byBoard: boolean): Promise<number[]> {
    const latencies: number[] = [];
    const begun = performance.now();
    const { time: begunUs } = await this.link.request('board', {}, PATIENT);
    let last = begunUs;
    const passed = (): number => (byBoard ? (last - begunUs) / 1000 : performance.now() - begun);
    for (; passed() < ms; await sleep(PAUSE_MS)) {
      const { time: before } = await this.link.request('board', {}, PATIENT);
      const sent = performance.now();
      const { time } = await this.link.request('board', {}, PATIENT);
      latencies.push(Math.min(performance.now() - sent, (time - before) / 1000));
      expect(before, 'it was reset').toBeGreaterThan(last);
      last = time;
    }
    return latencies;
  }

  private async behaviours(): Promise<string[]> {
    const all: string[] = [];
    for await (const { behaviour, status, faults, trial } of rows((index) =>
      this.link.request('list', { index }, PATIENT),
    ))
      all.push(`${behaviour} ${statuses[status] ?? status}, ${faults} faults${trial ? ', in trial' : ''}`);
    return all;
  }

  private async ticks(): Promise<Ticks> {
    const time = async (): Promise<number> => (await this.link.request('board', {}, PATIENT)).time;
    const afterUs = await time();
    const { edges } = await this.rig.pinGet(loadDescription(this.kind).wires['led'] ?? '');
    const { overruns, dropped } = await this.link.request('stats', { behaviour: 'neighbour' }, PATIENT);
    return { edges, skipped: overruns + dropped, afterUs, beforeUs: await time() };
  }
}

/** What is printed of it. */
export const figures = ({
  missing,
  skipped,
  latenciesMs,
  rate,
  boardRate,
  lost,
  said,
}: Seen): Record<string, number | string> => ({
  'kB/s': Math.round(rate / 1000),
  'kB/s by its clock': Math.round(boardRate / 1000),
  'bytes lost': lost,
  'beats lost': Math.max(0, Math.floor(missing)),
  'not run in time': skipped,
  'link 99 % ms': quantile(latenciesMs, 0.99),
  'link most ms': Math.max(...latenciesMs),
  'left the broker': said.filter((line) => line.includes('more')).length,
});
