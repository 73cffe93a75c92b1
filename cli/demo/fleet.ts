/**
 * The fleet on the demo's stage: a broker, three boards, and an operator who types the commands that a person would.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toHex } from '../../ota/host/ids.js';
import { homePath } from '../home.js';
import type { ResponseBody } from '../../sdk/wire/index.js';
import { link } from '../../sdk/wire/index.js';
import { DemoBoard } from './board.js';

export const FLEET = 'demo';
export const OWNER = 'robots.example';
export const BOARDS = ['arm-1', 'arm-2', 'arm-3'] as const;
/** Health window of the demo's bundles, seconds. */
export const HEALTH = '1';
/** Who signs a push: the bundle, and the beacons that say what is newest. */
export const KEYS = ['--key', 'alice', '--key', 'olga'];

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly out: string;
  readonly exit: number;
}

type Identity = ResponseBody<(typeof link)['identity']>;

/** What the fleet needs of the demo's stage. */
export interface FleetStage {
  /** Scratch folder, removed at the end. */
  readonly folder: string;
  readonly boards: Map<string, DemoBoard>;
  /** A line about what happens now. */
  say(line: string): void;
}

export class DemoFleet {
  private constructor(
    private readonly stage: FleetStage,
    private readonly broker: ChildProcess,
    readonly url: string,
    readonly boards: readonly DemoBoard[],
  ) {}

  /** Starts the broker for the desk and three boards that nobody owns yet. */
  static async start(stage: FleetStage): Promise<DemoFleet> {
    const broker = spawn(process.execPath, [program, 'broker', '--listen', '0', '--json'], {
      env: environment(stage),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: broker.stdout }), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const boards = await Promise.all(BOARDS.map((name) => DemoBoard.start(stage.folder, name)));
    boards.forEach((board) => stage.boards.set(board.name, board));
    return new DemoFleet(stage, broker, url, boards);
  }

  /** Runs a tars command as a person would; its keys, boards and memory are the demo's own. */
  tars(...args: string[]): Promise<Outcome> {
    this.stage.say(
      `$ tars ${args.map((arg) => arg.replace(`${this.stage.folder}/`, '').replace(homePath(''), '')).join(' ')}`,
    );
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { env: environment(this.stage) }, (error, stdout, stderr) => {
        resolve({ out: `${stdout}${stderr}`, exit: typeof error?.code === 'number' ? error.code : error ? 1 : 0 });
      });
    });
  }

  /** Runs a command that must succeed. */
  async must(...args: string[]): Promise<string> {
    const { out, exit } = await this.tars(...args);
    if (exit !== 0) throw new Error(`tars ${args.join(' ')} ended with ${exit}: ${out}`);
    return out;
  }

  /** What each board says of itself. */
  identities(): Promise<Identity[]> {
    return Promise.all(this.boards.map(({ link: board }) => board.request('identity', {})));
  }

  /** Waits until all boards are on line at the broker. */
  async online(): Promise<void> {
    while (!(await this.identities()).every(({ online }) => online))
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Ids of the boards, in the order of their names. */
  async ids(): Promise<string[]> {
    return (await this.identities()).map(({ device }) => toHex(device));
  }

  async close(): Promise<void> {
    const ended = once(this.broker, 'exit');
    this.broker.kill();
    await ended;
  }
}

const program = homePath('cli/bin/tars.js');

const environment = ({ folder }: FleetStage): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_CONFIG_HOME: join(folder, 'config'),
  XDG_STATE_HOME: join(folder, 'state'),
  TARS_PASSPHRASE: 'only for the demo',
});
