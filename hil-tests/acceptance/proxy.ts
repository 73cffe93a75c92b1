/** Stands between a flashing host and a board: passes every byte on and tells which step of the installation has begun. */
import { connect, createServer, type Server, type Socket } from 'node:net';
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
const REQUESTS = new Map<number, Mark>([[idOf('install.begin'), 'receiving'], [idOf('install.commit'), 'staging']]);
const RESPONSES = new Map<number, Mark>([[idOf('install.commit'), 'starting'], [idOf('install.confirm'), 'done']]);

export class LinkProxy {
  private constructor(private readonly server: Server, private readonly sockets: Set<Socket>) {}

  /** Listens on a free port of the loopback and connects to the board's for each host that comes. */
  static async open(boardPort: number, listener: MarkListener): Promise<LinkProxy> {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (host) => {
      const board = connect({ host: '127.0.0.1', port: boardPort, noDelay: true });
      sockets.add(host).add(board);
      pipe(host, board, watch(REQUESTS, false, listener));
      pipe(board, host, watch(RESPONSES, true, listener));
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return new LinkProxy(server, sockets);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

/** Passes bytes on; the end of one side, however it comes, is the end of both. */
function pipe(from: Socket, to: Socket, look: (bytes: Uint8Array) => void): void {
  from.on('data', (bytes) => {
    to.write(bytes);
    look(bytes);
  });
  from.on('error', () => undefined);
  from.on('close', () => to.destroy());
}

/** Recognises the messages that begin a phase. */
function watch(marks: ReadonlyMap<number, Mark>, responses: boolean, listener: MarkListener): (bytes: Uint8Array) => void {
  const receiver = new FrameReceiver();
  return (bytes) => {
    for (const received of receiver.push(bytes)) {
      if (received.type !== 'frame' || received.frame.response !== responses) continue;
      const mark = marks.get(received.frame.id);
      if (mark !== undefined) listener(mark, performance.now());
    }
  };
}
