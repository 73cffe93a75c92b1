/** Serial ports: bytes on their way to the board and from it. */

/** Called when bytes have arrived; `waiting` is how many the board can read. */
export type SerialListener = (port: string, waiting: number) => void;

interface Port {
  readonly received: number[];
  readonly sent: number[];
}

/** Bytes that each direction holds; more are refused. */
const CAPACITY = 256;

export class SerialPorts {
  private readonly ports = new Map<string, Port>();

  constructor(private readonly arrived: SerialListener) {}

  /** Bytes arrive from outside, all or none. False if they don't fit. */
  receive(name: string, data: ArrayLike<number>): boolean {
    const { received } = this.port(name);
    if (received.length + data.length > CAPACITY) return false;
    received.push(...Array.from(data));
    if (data.length > 0) this.arrived(name, received.length);
    return true;
  }

  /** The board configures the port: what waited in it is gone. */
  configure(name: string): void {
    this.ports.delete(name);
  }

  /** Takes what the board has sent. */
  take(name: string): Uint8Array {
    const { sent } = this.port(name);
    return Uint8Array.from(sent.splice(0));
  }

  /** The oldest byte received, `undefined` if none waits. */
  read(name: string): number | undefined {
    return this.port(name).received.shift();
  }

  /** False if the buffer is full. */
  write(name: string, byte: number): boolean {
    const { sent } = this.port(name);
    if (sent.length >= CAPACITY) return false;
    sent.push(byte);
    return true;
  }

  reset(): void {
    this.ports.clear();
  }

  private port(name: string): Port {
    let port = this.ports.get(name);
    if (port === undefined) {
      port = { received: [], sent: [] };
      this.ports.set(name, port);
    }
    return port;
  }
}
