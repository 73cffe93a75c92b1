/** A virtual board on the demo's stage: its process, its serial port and the bench around it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statuses } from '../../hal/contract/index.js';
import { install, type Installed } from '../device/install.js';
import { readRows } from '../device/rows.js';
import { BenchClient } from '../transport/bench.js';
import { LinkClient, type Hello } from '../transport/link.js';
import { SerialTransport } from '../transport/serial.js';
import { TcpTransport } from '../transport/tcp.js';
import { startEmulatorAttached } from '../virtual/emulator.js';
import { type BoardAddress, startAttached } from '../virtual/process.js';
import { Qmp } from '../virtual/qmp.js';
import { plain } from '../terminal/values.js';

/** One behaviour as the board lists it. */
export interface Behaviour {
  readonly name: string;
  readonly status: string;
  readonly fault: number;
  readonly faults: number;
}

export class DemoBoard {
  private constructor(
    readonly name: string,
    readonly pty: string,
    /**
     * The link beside the pseudo-terminal, which this process holds: for other programs. An emulated board has none.
     */
    readonly port: string,
    readonly link: LinkClient,
    readonly bench: BenchClient,
    readonly hello: Hello,
    private readonly end: () => Promise<void>,
  ) {}

  /** Starts a board and opens its pseudo-terminal with serialport, as a board on a USB cable would be. */
  static async start(folder: string, name: string): Promise<DemoBoard> {
    const process = await startAttached({ state: join(folder, name), name });
    return DemoBoard.attach(name, process, `tcp:127.0.0.1:${process.tcp}`, () => process.stop());
  }

  /** Starts the Cortex-M7 in the emulator likewise; `emulator` changes the world around it. */
  static async emulate(folder: string, name: string): Promise<{ readonly board: DemoBoard; readonly emulator: Qmp }> {
    const process = await startEmulatorAttached({ state: join(folder, name), name });
    const emulator = await Qmp.connect(process.qmp);
    const end = async (): Promise<void> => {
      emulator.close();
      await process.stop();
    };
    return { board: await DemoBoard.attach(name, process, '', end), emulator };
  }

  private static async attach(
    name: string,
    address: BoardAddress,
    port: string,
    end: () => Promise<void>,
  ): Promise<DemoBoard> {
    const link = new LinkClient(new SerialTransport(address.pty));
    const hello = await link.connect();
    const bench = new BenchClient(new TcpTransport({ host: '127.0.0.1', port: address.bench }));
    await bench.connect();
    await bench.request('watch', { on: true });
    return new DemoBoard(name, address.pty, port, link, bench, hello, end);
  }

  async close(): Promise<void> {
    await Promise.all([this.link.close(), this.bench.close()]);
    await this.end();
  }

  /** Stores an app over the serial port, as `tars flash` does. */
  flash(modules: readonly Uint8Array[]): Promise<Installed> {
    return install({ link: this.link, hello: this.hello }, { class: this.hello.class, modules }, { store: true });
  }

  async behaviours(): Promise<Behaviour[]> {
    const rows = await readRows(this.link, 'list');
    return rows.map(({ behaviour, status, fault, faults }) => ({
      name: behaviour,
      status: statuses[status] ?? String(status),
      fault,
      faults,
    }));
  }

  /** Value of a parameter, read back from the board. */
  async param(behaviour: string, name: string): Promise<number> {
    return Number(plain((await this.link.request('param.get', { behaviour, name })).value));
  }

  /** Messages of a topic for a while: the fields of each. */
  async messages(
    topic: string,
    ms: number,
    show: (fields: readonly number[]) => void = () => undefined,
  ): Promise<number[][]> {
    const seen: number[][] = [];
    const stop = this.link.on('message', (event) => {
      if (event.topic !== topic) return;
      const fields = event.fields.map((field) => Number(plain(field)));
      seen.push(fields);
      show(fields);
    });
    await this.link.request('subscribe', { topic, on: true });
    await sleep(ms);
    await this.link.request('subscribe', { topic, on: false });
    stop();
    return seen;
  }

  /** Edges of a pin for a while: time of the board in microseconds and new level of each. */
  async edges(
    pin: string,
    ms: number,
    show: (level: number) => void = () => undefined,
  ): Promise<{ time: number; level: number }[]> {
    const seen: { time: number; level: number }[] = [];
    const stop = this.bench.on('edge', (event) => {
      if (event.pin !== pin) return;
      seen.push({ time: event.time, level: event.level });
      show(event.level);
    });
    await sleep(ms);
    stop();
    return seen;
  }
}
