/**
 * The emulated Cortex-M7, a broker with TLS, perhaps with something that cuts between the two, and an operator who
 * pushes signed apps of more than 16 KB.
 */
import { expect } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, statuses } from '../../hal/contract/index.js';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { moduleDigest } from '../../ota/host/app.js';
import { toHex } from '../../ota/host/ids.js';
import { BoardRig, rows } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { until } from '../emulator/board.js';
import { provision } from './board.js';
import { hasOpenssl, makeCertificates } from './certificates.js';
import { Cutter } from './cutter.js';
import { APP_BYTES, parts } from './emulated-app.js';
import { FleetBoard, type Heard } from './harness.js';
import { PushWatch } from './kill-phases.js';
import { freePort } from './free-port.mjs';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Operator, Owner, serveBlobs, topic } from './operator.js';

/** True where these tests can't run; set-up says what is missing. */
export const lacking = mosquittoPath === undefined || !hasEmulator() || !hasOpenssl();

const FLEET = 'line1';
const HEALTH_MS = 500;
const emulated = loadDescription('qemu-m7');

/** An update on its way. */
export interface Update {
  readonly number: number;
  /** Digests of its modules. */
  readonly digests: readonly string[];
  readonly watch: PushWatch;
  /** True as soon as its commit was heard of. */
  committed(): boolean;
  /** Ends what was begun for it. */
  end(): void;
}

export class EmulatedStage {
  /** Number of the bundle that is committed, as far as the operator knows. */
  number = 0;
  /**
   * How long a trial lasts as the broker hears it: less than its window, because the board computes a report before it
   * tells of its beginning.
   */
  trialMs = HEALTH_MS;

  private constructor(
    private readonly folder: string,
    readonly broker: Mosquitto,
    readonly cutter: Cutter,
    readonly operator: Operator,
    readonly board: FleetBoard,
    private readonly key: Uint8Array,
  ) {}

  /** `dev`: modules that the board runs from RAM; it gets its owner after them. */
  static async open({ dev }: { readonly dev?: readonly Uint8Array[] } = {}): Promise<EmulatedStage> {
    const folder = mkdtempSync(join(tmpdir(), 'tars-emulated-'));
    const { ca, settings } = makeCertificates(folder);
    const port = await freePort();
    const broker = await Mosquitto.start([`listener ${port} 127.0.0.1`, ...settings]);
    const cutter = await Cutter.open(port);
    const owner = new Owner();
    const operator = await Operator.connect(broker.url, owner, FLEET);
    const start = (): Promise<BoardRig> =>
      BoardRig.open(emulated, { realTime: true, state: join(folder, 'board'), store: dev === undefined });
    const board = await FleetBoard.open(start, async (rig) => {
      if (dev) await rig.install(dev);
      await provision(rig, owner, { broker: `mqtts://localhost:${cutter.port}`, fleet: FLEET, ca });
    });
    return new EmulatedStage(
      folder,
      broker,
      cutter,
      operator,
      board,
      (await board.rig.link.request('identity', {})).key,
    );
  }

  /**
   * Publishes the next version; its chunks are served until it ends. `middle` is called once, when half of them are on
   * their way.
   */
  async push(middle: () => void = () => undefined): Promise<Update> {
    const { operator, board } = this;
    const number = this.number + 1;
    const modules = parts(number, emulated.wires['led'] ?? '');
    const size = modules.reduce((sum, { length }) => sum + length, 0);
    expect(size).toBeGreaterThanOrEqual(APP_BYTES);
    const digests = modules.map((module) => toHex(moduleDigest(module)));
    const made = operator.owner.bundle(modules, { number, healthMs: HEALTH_MS, detached: true, class: emulated.board });
    const pushed = { module: digests.at(-1) ?? '', size: modules.at(-1)?.length ?? 0, healthMs: this.trialMs };
    const watch = new PushWatch(
      { name: FLEET, boards: [board], on: (listener) => this.listen(listener) },
      pushed,
      new Map([[board.id, this.key]]),
    );
    let chunks = modules.reduce((sum, { length }) => sum + Math.ceil(length / limits.blob_chunk.value), 0) >> 1;
    const serving = serveBlobs(operator, made, (chunk, bytes) => {
      if (chunk !== 'index' && --chunks === 0) middle();
      return bytes;
    });
    await operator.publish(topic('desired', FLEET, { device: board.id }), made.bytes, true);
    return {
      number,
      digests,
      watch,
      committed: () => watch.births.some((birth) => birth.number === number && birth.trial.length === 0),
      end: () => {
        serving.stop();
        watch.close();
      },
    };
  }

  /** Waits for the commit; then the board runs exactly this app, committed. */
  async settle(update: Update): Promise<void> {
    await until(() => Promise.resolve(update.committed()), Boolean);
    const { number, app } = await this.board.running();
    expect({ number, app }).toEqual({ number: update.number, app: update.digests });
    this.number = update.number;
  }

  /** Digests of the behaviours that run; one that doesn't run says so. In trial or not. */
  async behaviours(): Promise<string[]> {
    const all: string[] = [];
    for await (const row of rows((index) => this.board.rig.link.request('list', { index }))) {
      all.push(
        statuses[row.status] === 'running'
          ? toHex(row.digest)
          : `${row.behaviour} ${statuses[row.status] ?? row.status}`,
      );
    }
    return all;
  }

  private listen(listener: (heard: Heard) => void): () => void {
    const hear = (name: string, payload: Buffer): void => {
      listener({ atMs: performance.now(), topic: name, payload: new Uint8Array(payload) });
    };
    this.operator.client.on('message', hear);
    return () => void this.operator.client.off('message', hear);
  }

  async close(): Promise<void> {
    await this.operator.close();
    await this.board.rig.close('kill');
    this.cutter.close();
    await this.broker.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
