/**
 * Stands between boards and a broker: passes bytes on, and can cut every connection, stop passing anything, or go slow.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Cutter {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private stalled = false;

  private constructor(private readonly server: Server) {}

  static async open(brokerPort: number): Promise<Cutter> {
    const server = createServer({ noDelay: true });
    const cutter = new Cutter(server);
    server.on('connection', (board) => {
      cutter.join(board, connect({ host: '127.0.0.1', port: brokerPort, noDelay: true }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return cutter;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  private join(board: Socket, broker: Socket): void {
    const pair = [board, broker] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [broker, board] as const]) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
      if (this.stalled) from.pause();
    }
  }

  /** Ends every connection at once, as a reset would. */
  cut(): void {
    for (const [board, broker] of this.pairs) {
      board.resetAndDestroy();
      broker.destroy();
    }
  }

  /**
   * Nothing passes any more, and nobody is told: a cable that was pulled. Connections that come are taken and left
   * silent.
   */
  stall(): void {
    this.stalled = true;
    for (const [board, broker] of this.pairs) {
      board.pause();
      broker.pause();
    }
  }

  /** What was stalled is lost; what comes now passes. */
  heal(): void {
    this.stalled = false;
    this.cut();
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
