/** A board that is a process of this computer: starts it, waits until it is up, ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { startEmulatorAttached, startEmulatorOnTcp } from '../cli/virtual/emulator.js';
import { isAlive } from '../cli/virtual/process.js';
import { projectRoot } from './description.js';

/** The line that `--ready` prints: where link and bench listen; of an emulator, also its control socket. */
const readyLine = z.object({
  tcp: z.number().nullish(),
  bench: z.number().nullish(),
  pty: z.string().nullish(),
  qmp: z.string().nullish(),
});

export type Ready = z.infer<typeof readyLine>;

const START_MS = 10_000;

/** A board that runs on this computer. */
export interface RunningBoard {
  readonly ready: Ready;
  readonly pid: number;
  readonly running: boolean;
  /** Ends the process and waits for its end: with SIGKILL as a power cut would, or as it likes. */
  end(how: 'kill' | 'close'): Promise<void>;
}

/** The image with a trace and with a way to break it, and what the emulator has to know to write the trace. */
export const testImage = `${projectRoot}build/firmware-qemu-m7/ports/freertos/tars-board-test.elf`;
export const tracing = (path: string): string[] => [
  '-chardev',
  `file,id=trace,path=${path}`,
  '-semihosting-config',
  'enable=on,target=native,chardev=trace',
];

/**
 * Starts the firmware in the emulator; it ends with this process at the latest. `serial`: its link is a pseudo-terminal
 * and no TCP port. `trace`: its trace goes to the file of that name in the folder `state`.
 */
export async function startEmulated({
  serial,
  trace,
  ...options
}: {
  readonly state: string;
  readonly clock: 'real' | 'virtual';
  readonly busy: boolean;
  readonly serial: boolean;
  readonly trace: boolean;
  readonly arguments: readonly string[];
}): Promise<RunningBoard> {
  const { stop, pid, ...ready } = await (serial ? startEmulatorAttached : startEmulatorOnTcp)({
    ...options,
    ...(trace && { image: testImage, arguments: [...options.arguments, ...tracing(join(options.state, 'trace'))] }),
    name: 'bench',
  });
  return {
    ready,
    pid,
    get running() {
      return isAlive(pid);
    },
    end: (how) => stop(how === 'kill' ? 'SIGKILL' : undefined),
  };
}

export class BoardProcess implements RunningBoard {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: Ready,
  ) {}

  /** Starts `program`; it ends with this process at the latest. Rejects with what it said if it doesn't come up. */
  static async start(program: string, args: readonly string[]): Promise<BoardProcess> {
    if (!existsSync(program)) throw new Error(`${program} is missing: build the firmware with npm run build`);
    const child = spawn(program, [...args, '--ready', '--stdin-guard'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const said: string[] = [];
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
    child.stdin.on('error', () => undefined);
    const line = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${program} is not up after ${START_MS} ms: ${said.join('')}`));
      }, START_MS);
      createInterface({ input: child.stdout }).once('line', (text) => {
        clearTimeout(timer);
        resolve(text);
      });
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`${program} ended with ${String(code)}: ${said.join('')}`));
      });
    });
    return new BoardProcess(child, readyLine.parse(JSON.parse(line)));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Ends the process and waits for its end: with SIGKILL as a power cut would, or as it likes when its input closes.
   */
  async end(how: 'kill' | 'close'): Promise<void> {
    if (!this.running) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (how === 'kill') this.child.kill('SIGKILL');
    else this.child.stdin?.end();
    await ended;
  }
}
