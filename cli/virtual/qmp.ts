/** The emulator's control socket (QMP): one JSON object a line, answers in order, events between them. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export class Qmp {
  private readonly waiting: ((reply: Reply) => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('close', () =>
      this.waiting.splice(0).forEach((answer) => answer({ error: { desc: 'the emulator has ended' } })),
    );
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as Reply & { event?: string; QMP?: unknown };
      if (message.event === undefined && message.QMP === undefined) this.waiting.shift()?.(message);
    });
  }

  /** Connects to the socket at `path`. */
  static async connect(path: string): Promise<Qmp> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const qmp = new Qmp(socket);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** Runs a command. Rejects with what the emulator says against it. */
  execute(command: string, options: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push(({ error, return: value }) =>
        error ? reject(new Error(`${command}: ${error.desc}`)) : resolve(value),
      );
      this.socket.write(`${JSON.stringify({ execute: command, arguments: options })}\n`);
    });
  }

  /** A 32-bit word of the board's memory. */
  async word(address: number): Promise<number> {
    const text = await this.execute('human-monitor-command', { 'command-line': `xp /1wx ${address}` });
    return Number(/: (0x[0-9a-f]+)/.exec(String(text))?.[1] ?? NaN);
  }

  close(): void {
    this.socket.destroy();
  }
}
