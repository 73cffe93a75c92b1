/**
 * A board with what is wired to it: the same `Rig` as the model is, over clients of the link and of the bench.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paramTypes, statuses } from '../hal/contract/index.js';
import { install } from '../cli/device/install.js';
import { BenchClient } from '../cli/transport/bench.js';
import { BoardError } from '../cli/transport/client.js';
import { type Hello, LinkClient } from '../cli/transport/link.js';
import { SerialTransport } from '../cli/transport/serial.js';
import { TcpTransport } from '../cli/transport/tcp.js';
import {
  errorCode,
  type LogLine,
  type PinDrive,
  type Rig,
  type RigStats,
  type RigStatus,
  type TopicMessage,
} from '../sdk/model/index.js';
import { CborFloat, type WireValue } from '../sdk/wire/index.js';
import { type RigDescription, projectRoot } from './description.js';
import { BoardProcess, type RunningBoard, startEmulated } from './process.js';

/** What a test may ask of the board beyond the description. */
export interface RigOptions {
  /** Real time instead of what the description says. */
  readonly realTime?: boolean;
  /** Apps go to flash (default) or stay in RAM. */
  readonly store?: boolean;
  /** Writes the trace of every reaction and host call. */
  readonly trace?: boolean;
  /** The board's folder, for one that must outlive the process; it is the caller's to remove. */
  readonly state?: string;
  /** More for the command line of the board's program or emulator. */
  readonly arguments?: readonly string[];
  /** Emulated boards: the processor never sleeps, so that time is exactly what it has computed. */
  readonly busy?: boolean;
  /** Emulated boards: the link is a pseudo-terminal, which costs a second whenever it is opened. */
  readonly serial?: boolean;
}

/** Level that the bench's `pin.set` calls floating. */
const FLOAT = 2;

export class BoardRig implements Rig {
  private constructor(
    readonly description: RigDescription,
    readonly process: RunningBoard,
    private readonly folder: string,
    private readonly options: RigOptions,
    readonly control: BenchClient,
    private session: Session,
  ) {}

  /** Starts the board that the description names and connects to it. */
  static async open(description: RigDescription, options: RigOptions = {}): Promise<BoardRig> {
    if (description.start === undefined) throw new Error(`${description.name} has no board to start`);
    const folder = options.state ?? mkdtempSync(join(tmpdir(), 'tars-bench-'));
    const board = await startBoard(description.start, folder, options);
    const control = new BenchClient(new TcpTransport({ host: '127.0.0.1', port: board.ready.bench ?? 0 }));
    await control.connect();
    return new BoardRig(description, board, folder, options, control, await openLink(board));
  }

  get link(): LinkClient {
    return this.session.link;
  }

  get hello(): Hello {
    return this.session.hello;
  }

  /** Disconnects, ends the board and removes its folder. */
  async close(how: 'kill' | 'close' = 'close'): Promise<void> {
    await this.link.close();
    await this.control.close();
    await this.process.end(how);
    if (this.options.state === undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  /** The trace so far. */
  async trace(): Promise<string> {
    await this.settle();
    return readFileSync(join(this.folder, 'trace'), 'utf8');
  }

  // ---- Rig ----

  async advance(us: number): Promise<number> {
    const { time } = await this.control.request('advance', { us }, { timeoutMs: 60_000, attempts: 1 });
    return time;
  }

  async power(): Promise<void> {
    await this.link.close();
    await this.control.request('power', {}, { timeoutMs: 10_000, attempts: 1 });
    // The answer comes before the cut. The next one comes from the board that has started again; only then is its link
    // the new one. It is asked more than once: what arrives while a board starts may be lost.
    await this.control.request('hello', { nonce: 1 }, { timeoutMs: 500, attempts: 20 });
    this.session = await openLink(this.process);
  }

  async pinSet(pin: string, drive: PinDrive): Promise<void> {
    await this.control.request('pin.set', { pin, level: drive === 'float' ? FLOAT : drive });
  }

  pinGet(pin: string): Promise<{ level: number; edges: number }> {
    return this.control.request('pin.get', { pin });
  }

  pwmGet(pin: string): Promise<{ pulse: number; duty: number; frequency: number; writes: number }> {
    return this.control.request('pwm.get', { pin });
  }

  async adcSet(pin: string, mv: number): Promise<void> {
    await this.control.request('adc.set', { pin, mv });
  }

  async i2cDevice(bus: string, address: number, present: boolean): Promise<void> {
    await this.control.request('i2c.device', { bus, address, present });
  }

  async i2cSet(bus: string, address: number, reg: number, data: Uint8Array): Promise<void> {
    await this.control.request('i2c.set', { bus, address, reg, data });
  }

  i2cGet(bus: string, address: number, reg: number, count: number): Promise<{ data: Uint8Array; transfers: number }> {
    return this.control.request('i2c.get', { bus, address, reg, count });
  }

  async i2cFault(bus: string, address: number, error: Parameters<Rig['i2cFault']>[2], count: number): Promise<void> {
    await this.control.request('i2c.fault', { bus, address, error: error === undefined ? 0 : errorCode(error), count });
  }

  async spiSet(bus: string, select: string, reg: number, data: Uint8Array): Promise<void> {
    await this.control.request('spi.set', { bus, select, reg, data });
  }

  async spiGet(bus: string, select: string, reg: number, count: number): Promise<Uint8Array> {
    return (await this.control.request('spi.get', { bus, select, reg, count })).data;
  }

  async uartSend(bus: string, data: Uint8Array): Promise<void> {
    await this.control.request('uart.send', { bus, data });
  }

  async uartTake(bus: string): Promise<Uint8Array> {
    return (await this.control.request('uart.take', { bus })).data;
  }

  async install(modules: readonly Uint8Array[]): Promise<void> {
    await this.installApp(modules);
  }

  /** Installs an app; resolves with the longest gap of the swap in microseconds. */
  async installApp(modules: readonly Uint8Array[]): Promise<number> {
    const { gapUs } = await install(
      this.session,
      { class: this.hello.class, modules },
      { store: this.options.store ?? true },
    );
    await this.settle();
    return gapUs;
  }

  /** A stop is answered before the worker has stopped it; until then a start is told to come again. */
  async start(behaviour: string): Promise<void> {
    const started = (): Promise<boolean> =>
      this.link.request('start', { behaviour }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof BoardError && error.code === 'busy') return false;
          throw error;
        },
      );
    while (!(await started()));
    await this.settle();
  }

  async stop(behaviour: string): Promise<void> {
    await this.link.request('stop', { behaviour });
    await this.settle();
  }

  async paramGet(behaviour: string, name: string): Promise<number> {
    const { value } = await this.link.request('param.get', { behaviour, name });
    return toNumber(value);
  }

  async paramSet(behaviour: string, name: string, value: number | bigint): Promise<void> {
    const float = typeof value === 'number' && (await this.isFloatParam(behaviour, name));
    await this.link.request('param.set', { behaviour, name, value: float ? new CborFloat(value) : value });
    await this.settle();
  }

  async publish(topic: string, values: readonly number[]): Promise<void> {
    const types = await this.topicTypes(topic);
    const fields: WireValue[] = values.map((value, i) => (types[i] === 'f32' ? new CborFloat(value) : value));
    await this.link.request('publish', { topic, fields });
    await this.settle();
  }

  async status(behaviour: string): Promise<RigStatus> {
    for await (const row of rows((index) => this.link.request('list', { index }))) {
      if (row.behaviour === behaviour)
        return { status: statuses[row.status] ?? 'stopped', fault: row.fault, faults: row.faults };
    }
    throw Object.assign(new Error(`no behaviour ${behaviour}`), { row: errorCode('unknown') });
  }

  stats(behaviour: string): Promise<RigStats> {
    return this.link.request('stats', { behaviour });
  }

  async messages(): Promise<readonly TopicMessage[]> {
    await this.streamed();
    return this.session.messages;
  }

  async logs(): Promise<readonly LogLine[]> {
    await this.streamed();
    return this.session.logs;
  }

  /**
   * An answer overtakes events that wait; they follow it. So it asks until two answers in a row have brought nothing
   * new.
   */
  private async streamed(): Promise<void> {
    const { messages, logs } = this.session;
    for (let before = -1; before !== messages.length + logs.length;) {
      before = messages.length + logs.length;
      for (let request = 0; request < 2; request++) await this.link.request('board', {});
    }
  }

  /**
   * On virtual time: waits until the board has done all that it can do now, as the model has after each step.
   * Requests of the bench do so by themselves, those of the link don't.
   */
  async settle(): Promise<void> {
    if (this.hello.virtual) await this.advance(0);
  }

  /** Numbers on the wire say whether they are floats; the board's list of parameters says what this one is. */
  private async isFloatParam(behaviour: string, name: string): Promise<boolean> {
    for await (const row of rows((index) => this.link.request('param.list', { index }))) {
      if (row.behaviour === behaviour && row.name === name) return paramTypes[row.type] === 'f32';
    }
    return false;
  }

  private async topicTypes(topic: string): Promise<string[]> {
    for await (const row of rows((index) => this.link.request('topic.list', { index }))) {
      if (row.topic === topic) return row.schema.split(',').map((field) => field.split(':')[1]?.split(' ')[0] ?? '');
    }
    return [];
  }
}

/** Starts what the description says. */
function startBoard(
  start: NonNullable<RigDescription['start']>,
  folder: string,
  options: RigOptions,
): Promise<RunningBoard> {
  if ('emulator' in start)
    return startEmulated({
      state: folder,
      clock: options.realTime === true ? 'real' : start.clock,
      busy: options.busy ?? false,
      serial: options.serial ?? false,
      trace: options.trace ?? false,
      arguments: options.arguments ?? [],
    });
  const args = ['--state', folder, '--tcp', '0', '--bench', '0', ...start.arguments, ...(options.arguments ?? [])];
  if (options.realTime === true) args.push('--clock', 'real');
  if (options.trace === true) args.push('--trace', join(folder, 'trace'));
  return BoardProcess.start(join(projectRoot, start.program), args);
}

/** Rows of a list of the board until it says that there are no more. */
export async function* rows<T>(request: (index: number) => Promise<T>): AsyncGenerator<T> {
  for (let index = 0; ; index++) {
    let row: T;
    try {
      row = await request(index);
    } catch (error) {
      if (error instanceof Error && 'row' in error && error.row === errorCode('unknown')) return;
      throw error;
    }
    yield row;
  }
}

/** A link with all that streams over it. */
interface Session {
  readonly link: LinkClient;
  readonly hello: Hello;
  readonly messages: TopicMessage[];
  readonly logs: LogLine[];
}

async function openLink({ ready }: RunningBoard): Promise<Session> {
  const link = new LinkClient(
    typeof ready.tcp === 'number'
      ? new TcpTransport({ host: '127.0.0.1', port: ready.tcp })
      : new SerialTransport(ready.pty ?? ''),
  );
  const session: Session = { link, hello: await link.connect(), messages: [], logs: [] };
  link.on('message', ({ time, topic, fields }) =>
    session.messages.push({ timeUs: time, topic, fields: fields.map(toNumber) }),
  );
  link.on('log', ({ time, behaviour, text, fields }) =>
    session.logs.push({ timeUs: time, behaviour, text, fields: fields.map(toNumber) }),
  );
  await link.request('subscribe', { topic: '', on: true });
  await link.request('logs', { on: true, history: false });
  return session;
}

function toNumber(value: WireValue): number {
  return value instanceof CborFloat ? value.value : Number(value);
}
