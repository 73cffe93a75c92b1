/** A pair of transports in memory, each the far end of the other: for tests of everything above the bytes. */
import { setImmediate } from 'node:timers';
import { Listeners, type Transport } from './transport.js';

class FakeTransport implements Transport {
  readonly name: string;
  private readonly listeners = new Listeners();
  private peer: FakeTransport | undefined;
  private opened = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Makes two transports each other's far end. */
  static join(a: FakeTransport, b: FakeTransport): void {
    a.peer = b;
    b.peer = a;
  }

  async open(): Promise<void> {
    this.opened = true;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.opened || this.listeners.ended) throw new Error(`${this.name} is closed`);
    const copy = bytes.slice();
    // Not in this turn: a real transport never answers before `write` has returned.
    setImmediate(() => this.peer?.listeners.receive(copy));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.listeners.onData(listener);
  }

  onClose(listener: (error?: Error) => void): void {
    this.listeners.onClose(listener);
  }

  async close(): Promise<void> {
    if (this.listeners.ended) return;
    this.listeners.finish();
    const gone = new Error(`${this.name}: the other end is gone`);
    setImmediate(() => this.peer?.listeners.finish(gone));
  }
}

/** Two ends of a wire in memory. */
export function fakePair(name = 'fake'): [Transport, Transport] {
  const ends = [new FakeTransport(name), new FakeTransport(`${name} (far end)`)] as const;
  FakeTransport.join(...ends);
  return [...ends];
}
