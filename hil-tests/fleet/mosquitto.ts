/** Debian's mosquitto on a free port of the loopback, with its data in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

const PROGRAMS = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/opt/homebrew/sbin/mosquitto'];
const START_MS = 10_000;

/** Where mosquitto is; undefined where it isn't installed, and the tests with a real broker are skipped. */
export const mosquittoPath: string | undefined = PROGRAMS.find((path) => existsSync(path));

export class Mosquitto {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /**
   * Starts a broker that saves every change at once, as the broker of a fleet should; `lines` are more of its settings.
   */
  static async start(lines: readonly string[] = []): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), mkdtempSync(join(tmpdir(), 'tars-mosquitto-')));
    writeFileSync(
      join(broker.folder, 'conf'),
      [
        `listener ${broker.port} 127.0.0.1`,
        ...lines,
        'allow_anonymous true',
        'persistence true',
        `persistence_location ${broker.folder}/`,
        'autosave_on_changes true',
        'autosave_interval 1',
        'set_tcp_nodelay true',
        'user root',
        '',
      ].join('\n'),
    );
    await broker.resume();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts it again with what it had saved. */
  async resume(): Promise<void> {
    const child = spawn(mosquittoPath ?? '', ['-c', join(this.folder, 'conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
    this.child = child;
    for (
      const end = Date.now() + START_MS;
      !(await listens(this.port));
      await new Promise((resolve) => setTimeout(resolve, 20))
    ) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`mosquitto does not come up: ${said.join('')}`);
    }
  }

  /** Ends it: SIGKILL as a power cut would, SIGTERM as an administrator would. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Ends it and removes its folder. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
