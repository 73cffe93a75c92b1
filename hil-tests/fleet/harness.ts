/**
 * A whole fleet on this computer: mosquitto, boards and the command line, each a process that can be killed and started
 * again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { topicRoot } from '../../hal/contract/index.js';
import { moduleDigest, packApp } from '../../ota/host/app.js';
import { toHex } from '../../ota/host/ids.js';
import { makeKeys, MEMBER, PASSPHRASE } from '../../cli/testing/tars.js';
import { type BoardRig, rows } from '../board-rig.js';
import { projectRoot } from '../description.js';
import { openBoard } from './board.js';
import { Mosquitto } from './mosquitto.js';

const CLASS = 'virtual';

/** A command that was started. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly exit: number | null; readonly out: string; readonly err: string }>;
}

/** Something that a client of the broker heard, and when. */
export interface Heard {
  readonly atMs: number;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** What a board says over its link. */
export interface Running {
  readonly number: number;
  readonly bundle: string;
  /** Digests of its behaviours; one that doesn't run, or is in trial, says so. */
  readonly app: readonly string[];
}

/** A board whose process may come and go. */
export class FleetBoard {
  private constructor(
    private readonly start: () => Promise<BoardRig>,
    public rig: BoardRig,
    readonly id: string,
  ) {}

  /** A fresh board, which `start` starts with the flash that the last one left; `own` makes it the fleet's. */
  static async open(start: () => Promise<BoardRig>, own: (rig: BoardRig) => Promise<void>): Promise<FleetBoard> {
    const rig = await start();
    await own(rig);
    return new FleetBoard(start, rig, toHex((await rig.link.request('identity', {})).device));
  }

  /** Ends it in this instant. */
  kill(): void {
    process.kill(this.rig.process.pid, 'SIGKILL');
  }

  /** Starts it with the flash that the last one left. */
  async restart(): Promise<void> {
    await this.rig.close('kill');
    this.rig = await this.start();
  }

  async running(): Promise<Running> {
    const { number, bundle } = await this.rig.link.request('identity', {});
    const app: string[] = [];
    for await (const row of rows((index) => this.rig.link.request('list', { index }))) {
      app.push(
        row.status === 1 && !row.trial
          ? toHex(row.digest)
          : `${row.behaviour}: status ${row.status}${row.trial ? ', in trial' : ''}`,
      );
    }
    return { number, bundle: toHex(bundle), app };
  }
}

export class Fleet {
  readonly boards: FleetBoard[] = [];
  /** Everything that was published in this fleet, from the first second on. */
  readonly heard: Heard[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'tars-fleet-'));
  private readonly children = new Set<ChildProcess>();
  private readonly listeners = new Set<(heard: Heard) => void>();

  private constructor(
    readonly name: string,
    readonly broker: Mosquitto,
    private readonly ear: MqttClient,
  ) {
    ear.on('message', (topic, payload) => {
      const heard = { atMs: performance.now(), topic, payload: new Uint8Array(payload) };
      this.heard.push(heard);
      for (const listener of [...this.listeners]) listener(heard);
    });
  }

  /** Keys, a root document, and boards that are provisioned by the command line. */
  static async open(name: string, count: number): Promise<Fleet> {
    const broker = await Mosquitto.start();
    const ear = await connectAsync(broker.url, { reconnectPeriod: 50, clientId: `ear-${name}` });
    ear.on('error', () => undefined);
    const fleet = new Fleet(name, broker, ear);
    try {
      await fleet.listen();
      makeKeys(fleet.folder, { alice: MEMBER, olga: ['operator'] });
      await fleet.fine(
        'keys',
        'root',
        'one.root',
        '--owner',
        'robots.example',
        '--member',
        'alice',
        'olga',
        '--key',
        'alice',
      );
      for (let board = 0; board < count; board++) {
        fleet.boards.push(
          await FleetBoard.open(
            () => openBoard(join(fleet.folder, `board${board}`)),
            async (rig) => {
              const port = `tcp:127.0.0.1:${rig.process.ready.tcp ?? 0}`;
              await fleet.fine(
                'provision',
                '--port',
                port,
                '--root',
                'one.root',
                '--broker',
                broker.url,
                '--fleet',
                name,
              );
            },
          ),
        );
      }
    } catch (error) {
      await fleet.close();
      throw error;
    }
    return fleet;
  }

  /** Resolves when everything that is published is heard, also after the broker was away. */
  async listen(): Promise<void> {
    if (!this.ear.connected) await new Promise((resolve) => this.ear.once('connect', resolve));
    await this.ear.subscribeAsync(`${topicRoot.replace('{fleet}', this.name)}#`, { qos: 1 });
  }

  /** Calls `listener` for all that is heard from now on; returns a function that ends it. */
  on(listener: (heard: Heard) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Starts the command line with this operator's keys and state. */
  tars(...args: readonly string[]): Command {
    const child = spawn(process.execPath, [join(projectRoot, 'cli/bin/tars.js'), ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        XDG_STATE_HOME: join(this.folder, 'state'),
        NO_COLOR: '1',
        TARS_PASSPHRASE: PASSPHRASE,
      },
    });
    this.children.add(child);
    let out = '',
      err = '';
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
    const ended = new Promise<Awaited<Command['ended']>>((resolve) => {
      child.once('close', (exit) => {
        this.children.delete(child);
        resolve({ exit, out, err });
      });
    });
    return { child, ended };
  }

  /** Runs it to its end, which must be a good one. */
  async fine(...args: readonly string[]): Promise<string> {
    const { exit, out, err } = await this.tars(...args).ended;
    if (exit !== 0) throw new Error(`tars ${args.join(' ')} ended with ${String(exit)}: ${err}`);
    return out;
  }

  /** Writes an app as `tars build` does; returns its file and the digests of its modules. */
  app(name: string, modules: readonly Uint8Array[]): { readonly path: string; readonly digests: readonly string[] } {
    const path = join(this.folder, `${name}.app`);
    writeFileSync(path, packApp({ class: CLASS, modules }));
    return { path, digests: modules.map((module) => toHex(moduleDigest(module))) };
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await this.ear.endAsync(true);
    for (const { rig } of this.boards) await rig.close('kill');
    await this.broker.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
