/** A board behind a TCP port: the virtual board on the loopback, or a board with a network of its own. */
import { connect, type Socket } from 'node:net';
import { exitCodes, systemCode, UserError } from '../errors.js';
import { Listeners, type Transport } from './transport.js';

const CONNECT_MS = 5000;

export class TcpTransport implements Transport {
  readonly name: string;
  private readonly listeners = new Listeners();
  private readonly host: string;
  private readonly port: number;
  private socket: Socket | undefined;

  constructor({ host, port }: { host: string; port: number }) {
    this.name = `tcp:${host}:${port}`;
    this.host = host;
    this.port = port;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.host, port: this.port, noDelay: true });
      this.socket = socket;
      const refuse = (error: Error): void => {
        socket.destroy();
        reject(this.unreachable(error));
      };
      socket.setTimeout(CONNECT_MS, () => refuse(new Error('no answer')));
      socket.once('error', refuse);
      socket.once('connect', () => {
        socket.setTimeout(0);
        socket.off('error', refuse);
        socket.on('error', (error) => this.listeners.finish(error));
        resolve();
      });
      socket.on('data', (bytes) => this.listeners.receive(bytes));
      socket.on('close', () => this.listeners.finish(new Error('the other end closed the connection')));
    });
  }

  private unreachable(error: Error): UserError {
    const why = systemCode(error) === 'ECONNREFUSED' ? 'nothing listens there' : error.message;
    return new UserError('no_such_port', `can't reach ${this.name}: ${why}`, {
      cure: 'check host and port; `tars board list` shows the virtual boards that run',
      exit: exitCodes.board,
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.socket || this.listeners.ended) reject(new Error(`${this.name} is closed`));
      else this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.listeners.onData(listener);
  }

  onClose(listener: (error?: Error) => void): void {
    this.listeners.onClose(listener);
  }

  close(): Promise<void> {
    this.listeners.finish();
    const socket = this.socket;
    return new Promise((resolve) => {
      if (!socket || socket.destroyed) resolve();
      else socket.once('close', () => resolve()).end(() => socket.destroy());
    });
  }
}
