/**
 * The way bytes get to a board and back. One interface; fake, serial and tcp implement it and pass one suite
 * (conformance.test.ts). Framing, sequence numbers and retries are the client's business (client.ts).
 */
export interface Transport {
  /** What the user calls it, for messages: `/dev/ttyUSB0`, `tcp:127.0.0.1:4000`. */
  readonly name: string;
  /** Rejects with a UserError that says what to do. Never resets the board. */
  open(): Promise<void>;
  /** Resolves when the bytes are on their way; rejects if the transport isn't open. Writes keep their order. */
  write(bytes: Uint8Array): Promise<void>;
  /** The one listener for bytes from the board, in pieces of any size. Bytes that came before it was set are kept. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The one listener for the end: called once, with an error if the far end went away, without one after `close`. */
  onClose(listener: (error?: Error) => void): void;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Most bytes that are kept while nobody listens: a board that is asked nothing says a few lines. */
export const EARLY_BYTES = 65_536;

/** What the implementations share: both listeners, bytes kept until there is one, and an end that is told once. */
export class Listeners {
  private data: ((bytes: Uint8Array) => void) | undefined;
  private closed: ((error?: Error) => void) | undefined;
  private early: Uint8Array[] = [];
  private earlyBytes = 0;
  private end: { readonly error: Error | undefined } | undefined;

  get ended(): boolean {
    return this.end !== undefined;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.data = listener;
    for (const bytes of this.early.splice(0)) listener(bytes);
  }

  onClose(listener: (error?: Error) => void): void {
    this.closed = listener;
    if (this.end) listener(this.end.error);
  }

  receive(bytes: Uint8Array): void {
    if (this.data) this.data(bytes);
    else this.keep(bytes);
  }

  private keep(bytes: Uint8Array): void {
    if (this.end) return;
    this.earlyBytes += bytes.length;
    this.early.push(bytes);
    if (this.earlyBytes <= EARLY_BYTES) return;
    this.early = [];
    this.finish(new Error(`${this.earlyBytes} bytes came unasked, at most ${EARLY_BYTES}`));
  }

  finish(error?: Error): void {
    if (this.end) return;
    this.end = { error };
    this.closed?.(error);
  }
}
