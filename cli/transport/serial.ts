/** A board on a serial port: USB CDC, a UART adapter, or the pseudo-terminal of a virtual board. */
import { existsSync, readdirSync } from 'node:fs';
import type { SerialPort } from 'serialport';
import { exitCodes, UserError } from '../errors.js';
import { Listeners, type Transport } from './transport.js';

/** Boards with USB of their own ignore the rate; adapters and paced virtual boards use it. */
export const BAUD = 115_200;

export class SerialTransport implements Transport {
  readonly name: string;
  private readonly listeners = new Listeners();
  private port: SerialPort | undefined;

  constructor(path: string) {
    this.name = path;
  }

  async open(): Promise<void> {
    if (!existsSync(this.name)) throw noSuchPort(this.name);
    const { SerialPort } = await import('serialport');
    // `lock` keeps a second process out. Without `hupcl` closing leaves DTR and RTS as they are, and they are never
    // set: on ESP32 boards a change of these lines resets the board.
    const port = new SerialPort({ path: this.name, baudRate: BAUD, autoOpen: false, lock: true, hupcl: false });
    await new Promise<void>((resolve, reject) =>
      port.open((error) => (error ? reject(openError(this.name, error)) : resolve())),
    );
    this.port = port;
    port.on('data', (bytes: Buffer) => this.listeners.receive(bytes));
    port.on('error', (error) => this.listeners.finish(error));
    port.on('close', (error: Error | null) => this.listeners.finish(error ?? new Error('the port was closed')));
    // An unplugged adapter or a board that has ended reads as the end of the file; serialport doesn't close on that.
    port.on('end', () => this.listeners.finish(new Error('the port is gone')));
  }

  write(bytes: Uint8Array): Promise<void> {
    const port = this.port;
    return new Promise((resolve, reject) => {
      if (!port?.isOpen || this.listeners.ended) reject(new Error(`${this.name} is closed`));
      else port.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.listeners.onData(listener);
  }

  onClose(listener: (error?: Error) => void): void {
    this.listeners.onClose(listener);
  }

  async close(): Promise<void> {
    this.listeners.finish();
    const port = this.port;
    if (!port?.isOpen || port.closing) return;
    await new Promise<void>((resolve) => port.close(() => resolve()));
  }
}

function noSuchPort(path: string): UserError {
  return new UserError('no_such_port', `there is no port ${path}`, {
    cure: 'plug the board in, or look at `tars board list` for virtual boards',
    exit: exitCodes.board,
  });
}

/** Turns what the operating system says about opening a port into what the user can do. */
function openError(path: string, error: Error): UserError {
  if (/cannot lock|temporarily unavailable|busy/i.test(error.message)) {
    return new UserError('port_in_use', `the port ${path} is in use by another program`, {
      cure: 'end the other program (another tars, a terminal, an IDE) and try again',
      exit: exitCodes.board,
    });
  }
  if (/permission/i.test(error.message)) {
    return new UserError('port_denied', `you may not open ${path}`, {
      cure: 'add yourself to the group of the port (`sudo usermod -aG dialout $USER`), log in again and try again',
      exit: exitCodes.board,
    });
  }
  if (/no such file/i.test(error.message)) return noSuchPort(path);
  return new UserError('port_failed', `can't open ${path}: ${error.message}`, {
    cure: 'check that it is a serial port',
    exit: exitCodes.board,
  });
}

/** Serial ports with a USB device behind them. Where udev is missing `list` rejects: the names in /dev have to do. */
export async function listSerialPorts(): Promise<{ path: string; title: string }[]> {
  const { SerialPort } = await import('serialport');
  try {
    const ports = await SerialPort.list();
    return ports
      .filter((port) => port.vendorId !== undefined)
      .map((port) => ({ path: port.path, title: port.manufacturer ?? 'serial port' }));
  } catch {
    const names = readdirSync('/dev').filter((name) => /^tty(ACM|USB)\d+$/.test(name));
    return names.map((name) => ({ path: `/dev/${name}`, title: 'serial port' }));
  }
}
