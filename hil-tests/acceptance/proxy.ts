/**
 * Stands between a flashing host and a board, each on a pseudo-terminal: passes every byte on and tells which step of
 * the installation has begun.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { BAUD } from '../../cli/transport/serial.js';
import { link } from '../../hal/contract/index.js';
import { FrameReceiver } from '../../sdk/wire/index.js';

/** Steps of an installation as they are seen on the link. */
export const phases = ['receiving', 'staging', 'starting'] as const;
export type Phase = (typeof phases)[number];

/** What begins with a message: a phase, or the end of the last one. */
export type Mark = Phase | 'done';

/** Called when a phase begins or the last one ends, at once. */
export type MarkListener = (mark: Mark, atMs: number) => void;

const idOf = (name: string): number => link.find((row) => row.name === name)?.id ?? 0;
const REQUESTS = new Map<number, Mark>([
  [idOf('install.begin'), 'receiving'],
  [idOf('install.commit'), 'staging'],
]);
const RESPONSES = new Map<number, Mark>([
  [idOf('install.commit'), 'starting'],
  [idOf('install.confirm'), 'done'],
]);

export class LinkProxy {
  private constructor(
    private readonly host: ChildProcess,
    private readonly board: SerialPort,
    readonly path: string,
  ) {}

  /** Opens the board's pseudo-terminal and makes one for the host at `path`. */
  static async open(boardPath: string, path: string, listener: MarkListener): Promise<LinkProxy> {
    const board = new SerialPort({ path: boardPath, baudRate: BAUD, autoOpen: false, hupcl: false });
    await new Promise<void>((resolve, reject) => {
      board.open((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    const host = spawn('socat', [`pty,rawer,link=${path}`, 'stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const watchHost = watch(REQUESTS, false, listener);
    const watchBoard = watch(RESPONSES, true, listener);
    host.stdout.on('data', (bytes: Buffer) => {
      if (board.isOpen) board.write(bytes);
      watchHost(bytes);
    });
    board.on('data', (bytes: Buffer) => {
      host.stdin.write(bytes);
      watchBoard(bytes);
    });
    for (const side of [host.stdin, board]) side.on('error', () => undefined); // one side was killed
    // a board that is gone takes its port along
    for (const event of ['end', 'close']) board.on(event, () => host.kill());
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 2));
    return new LinkProxy(host, board, path);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.host.once('exit', resolve));
    if (this.host.exitCode === null && this.host.signalCode === null) {
      this.host.kill();
      await ended;
    }
    if (this.board.isOpen)
      await new Promise<void>((resolve) => {
        this.board.close(() => {
          resolve();
        });
      });
  }
}

/** Recognises the messages that begin a phase. */
function watch(
  marks: ReadonlyMap<number, Mark>,
  responses: boolean,
  listener: MarkListener,
): (bytes: Uint8Array) => void {
  const receiver = new FrameReceiver();
  return (bytes) => {
    for (const received of receiver.push(bytes)) {
      if (received.type !== 'frame' || received.frame.response !== responses) continue;
      const mark = marks.get(received.frame.id);
      if (mark !== undefined) listener(mark, performance.now());
    }
  };
}
