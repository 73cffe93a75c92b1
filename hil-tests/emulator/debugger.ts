/** The emulator's debugger, as far as a test wants to turn the processor aside: GDB's remote protocol over a socket. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Qmp } from '../../cli/virtual/qmp.js';

export class Debugger {
  private text = '';
  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.text += bytes.toString('latin1')));
  }

  /** Stops the processor; `path` is a socket that the emulator makes. */
  static async open(qmp: Qmp, path: string): Promise<Debugger> {
    await qmp.execute('human-monitor-command', { 'command-line': `gdbserver unix:${path},server=on,wait=off` });
    const socket = connect(path);
    await once(socket, 'connect');
    const self = new Debugger(socket);
    self.send('qXfer:features:read:target.xml:0,ffb'); // registers are written only for who has asked what there are
    while (!(await self.packet()).startsWith('l')); // before the answer comes the word that the processor has stopped
    return self;
  }

  /** One request and its answer; that to `c` comes when the processor stops. */
  ask(request: string): Promise<string> {
    this.send(request);
    return this.packet();
  }

  private async packet(): Promise<string> {
    for (;;) {
      const packet = /\$([^#]*)#../s.exec(this.text);
      if (packet === null) {
        await once(this.socket, 'data');
        continue;
      }
      this.text = this.text.slice(packet.index + packet[0].length);
      this.socket.write('+');
      return packet[1] ?? '';
    }
  }

  send(request: string): void {
    const sum = Buffer.from(request).reduce((total, byte) => (total + byte) & 0xff, 0);
    this.socket.write(`$${request}#${sum.toString(16).padStart(2, '0')}`);
  }

  close(): void {
    this.socket.destroy();
  }
}
