/**
 * The host's end of a protocol of the contract over any transport. One request is under way at a time; it is sent again
 * with the same sequence number until the answer comes, and the board answers a repetition from memory, so nothing is
 * done twice. Events and console bytes are passed on as they come.
 */
import { randomInt } from 'node:crypto';
import { errors, type Message } from '../../hal/contract/index.js';
import {
  CborError,
  decodeBody,
  decodeResponse,
  encodeBody,
  encodeFrame,
  FrameReceiver,
  type Frame,
  type MessageBody,
  type ResponseBody,
} from '../../sdk/wire/index.js';
import { exitCodes, UserError } from '../errors.js';
import type { Transport } from './transport.js';

/** Messages of a protocol by name. */
export type Protocol = Readonly<Record<string, Message>>;

/** An answer that is an error of the contract. */
export class BoardError extends UserError {
  /** Code as in the contract's `errors`. */
  readonly row: number;
  /** True: what the board said beside the code is in the message. */
  readonly told: boolean;

  /** `say` makes the message of the error's text in the contract; `told`: with all that the board said. */
  constructor(row: number, say: (text: string) => string, told = false) {
    const known = errors.find(({ code }) => code === row);
    const text = known?.text ?? `error ${row}`;
    super(known?.name ?? 'unknown_error', say(text), { cure: known?.cure ?? 'update tars', exit: exitCodes.request });
    this.row = row;
    this.told = told;
  }

  /** The same with what the board said beside the code. */
  with(said: readonly string[]): BoardError {
    return new BoardError(
      this.row,
      () => (said.length > 0 ? `${this.message} (${said.join('; ')})` : this.message),
      true,
    );
  }
}

/**
 * A board answers `hello` at once, unless opening its port reset it: then a bootloader may wait for seconds. It is
 * asked again and again; the port stays open, for opening it anew would reset the board again.
 */
export const HELLO = { timeoutMs: 500, attempts: 20 } as const;

export interface RequestOptions {
  /** Time until the request is sent again. */
  readonly timeoutMs?: number;
  /** How often it is sent, the first time included. */
  readonly attempts?: number;
  /** Called when it is sent again for the first time. */
  readonly onWait?: () => void;
}

interface Pending {
  readonly seq: number;
  readonly id: number;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

type Listener = (body: never) => void;

const SEQ_MAX = 65_535;

/** Most bytes before the first answer; a bootloader says some hundred. */
export const NOISE_BYTES = 1024 * 1024;
/** So many of them are shown. */
const SHOWN_BYTES = 40;

export class Client<P extends Protocol> {
  /** Events that the board sent and that never arrived, by their sequence numbers. */
  missed = 0;
  private readonly transport: Transport;
  private readonly rows: P;
  private readonly receiver = new FrameReceiver();
  private readonly listeners = new Map<string, Set<Listener>>();
  private consoleListener: ((bytes: Uint8Array) => void) | undefined;
  private goneListener: ((error: UserError) => void) | undefined;
  private pending: Pending | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  // Any start will do, but a session must not begin where the last one ended: the board could take it for a repetition.
  private seq = randomInt(1, SEQ_MAX);
  /** Number of the last event; undefined before the session: what comes then belongs to the one before. */
  private eventSeq: number | undefined;
  private gone: UserError | undefined;
  /** Bytes before the first answer, and the first of them; undefined: a board has answered. */
  private noise: { bytes: number; readonly first: string } | undefined = { bytes: 0, first: '' };

  constructor(transport: Transport, rows: P) {
    this.transport = transport;
    this.rows = rows;
    transport.onData((bytes) => this.receive(bytes));
    transport.onClose((error) => this.end(error));
  }

  /** What the user calls the way to the board. */
  get name(): string {
    return this.transport.name;
  }

  /** Opens the transport; the first request is the protocol's `hello`. */
  open(): Promise<void> {
    return this.transport.open();
  }

  /** After `hello`: the board numbers its events from 1 again, so that even a lost first one is noticed. */
  protected begin(): void {
    this.eventSeq = 0;
  }

  /**
   * Sends a request and resolves with the fields of its response; rejects with a BoardError, or if there is no answer.
   */
  request<N extends keyof P & string>(
    name: N,
    body: MessageBody<P[N]>,
    options: RequestOptions = {},
  ): Promise<ResponseBody<P[N]>> {
    const row = this.row(name);
    const work = this.queue.then(async () => {
      const bytes = await this.exchange(row, encodeBody(row, body as MessageBody<Message>), options);
      const answer = readable(() => decodeResponse(row, bytes));
      if (!answer) throw this.unreadable(name);
      if (!answer.ok) throw new BoardError(-answer.code, (text) => `the board refused ${name}: ${text}`);
      return answer.body as ResponseBody<P[N]>;
    });
    this.queue = work.catch(() => undefined);
    return work;
  }

  /** Calls `listener` for each event of this name; returns a function that ends it. */
  on<N extends keyof P & string>(name: N, listener: (body: MessageBody<P[N]>) => void): () => void {
    const set = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, set.add(listener as Listener));
    return () => void set.delete(listener as Listener);
  }

  /** Bytes outside frames: what the board prints for people. */
  onConsole(listener: (bytes: Uint8Array) => void): void {
    this.consoleListener = listener;
  }

  /** Called if the board goes away, not after `close`. */
  onGone(listener: (error: UserError) => void): void {
    this.goneListener = listener;
    if (this.gone) listener(this.gone);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  private row(name: string): Message {
    const row = this.rows[name];
    if (!row) throw new Error(`the protocol has no message ${name}`);
    return row;
  }

  /** One request: sends until the answer comes. Resolves with the body of the response. */
  private async exchange(
    row: Message,
    body: Uint8Array,
    { timeoutMs = 1000, attempts = 4, onWait }: RequestOptions,
  ): Promise<Uint8Array> {
    const seq = this.seq;
    this.seq = seq === SEQ_MAX ? 1 : seq + 1;
    const bytes = encodeFrame({ id: row.id, response: false, seq, body });
    if (this.gone) throw this.gone;
    const answer = new Promise<Uint8Array>((resolve, reject) => (this.pending = { seq, id: row.id, resolve, reject }));
    // The board may go away while the write is awaited: then nobody waits for the answer yet.
    answer.catch(() => undefined);
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        // A write that never ends (a full buffer with nobody behind it) must not hide the time-out.
        void this.transport
          .write(bytes)
          .catch((error: unknown) => this.end(error instanceof Error ? error : new Error(String(error))));
        const body = await withTimeout(answer, timeoutMs);
        if (body) return body;
        if (attempt === 0) onWait?.();
      }
    } finally {
      this.pending = undefined;
    }
    throw this.silent(row.name);
  }

  /** Nothing answers; and what was heard instead, if anything was. */
  private silent(name: string): UserError {
    const { bytes, first } = this.noise ?? { bytes: 0, first: '' };
    const heard =
      bytes > 0 ? `: ${bytes} bytes came, and no answer among them; they begin with ${JSON.stringify(first)}` : '';
    return new UserError('no_answer', `the board on ${this.name} does not answer ${name}${heard}`, {
      cure:
        bytes > 0
          ? `check that ${this.name} is the port of a TARS board with current firmware, and has the same rate`
          : 'check that it is a TARS board with current firmware and that it is powered; unplug and plug it in again',
      exit: exitCodes.board,
    });
  }

  /** What never ends before a board answers is no board. */
  private hearNoise(bytes: Uint8Array): void {
    if (!this.noise) return;
    const { bytes: before, first } = this.noise;
    const more = Buffer.from(bytes.subarray(0, SHOWN_BYTES - Math.min(before, SHOWN_BYTES))).toString('latin1');
    this.noise = { bytes: before + bytes.length, first: first + more };
    if (this.noise.bytes > NOISE_BYTES) this.pending?.reject(this.silent('hello'));
  }

  private unreadable(name: string): UserError {
    return new UserError('bad_answer', `the board on ${this.name} answers ${name} in a way that this tars can't read`, {
      cure: 'update tars and the firmware of the board to versions that belong together',
      exit: exitCodes.board,
    });
  }

  private receive(bytes: Uint8Array): void {
    this.hearNoise(bytes);
    for (const received of this.receiver.push(bytes)) {
      if (received.type === 'console') this.consoleListener?.(received.bytes);
      else if (received.frame.response) this.answer(received.frame);
      else this.event(received.frame);
    }
  }

  private answer({ id, seq, body }: Frame): void {
    if (this.pending?.seq !== seq || this.pending.id !== id) return;
    this.noise = undefined;
    this.pending.resolve(body);
  }

  private event({ id, seq, body }: Frame): void {
    if (this.eventSeq === undefined) return;
    this.missed += (seq - this.eventSeq - 1) & SEQ_MAX;
    this.eventSeq = seq;
    const row = Object.values(this.rows).find((candidate) => candidate.id === id && candidate.kind === 'event');
    // A newer board may send events that this version doesn't know.
    if (!row) return;
    const fields = readable(() => decodeBody(row, body));
    if (!fields) this.missed++;
    else for (const listener of this.listeners.get(row.name) ?? []) listener(fields as never);
  }

  private end(error?: Error): void {
    if (this.gone) return;
    this.gone = new UserError('board_gone', `the board on ${this.name} is gone${error ? ` (${error.message})` : ''}`, {
      cure: 'check cable and power, then run the command again; the board keeps the app that was committed last',
      exit: exitCodes.board,
    });
    this.pending?.reject(this.gone);
    if (error) this.goneListener?.(this.gone);
  }
}

/** What `decode` returns; undefined for bytes that are not what they should be. */
function readable<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}

/** The value of a promise, or undefined when it takes longer. */
function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const stop = (): void => clearTimeout(timer);
    work.then(
      (value) => (stop(), resolve(value)),
      (error: Error) => (stop(), reject(error)),
    );
  });
}
