/** Serial ports: bytes on their way to the board and from it. */

/** Called when bytes have arrived: how many the board can read, and how many there was no room for. */
export type SerialListener = (port: string, waiting: number, lost: number) => void;

interface Port {
  readonly received: number[];
  readonly sent: number[];
  /** Bytes that the board has read so far. */
  taken: number;
}

/** Bytes that each direction holds. */
const CAPACITY = 256;

export class SerialPorts {
  private readonly ports = new Map<string, Port>();

  constructor(private readonly arrived: SerialListener) {}

  /** Bytes arrive from outside; those behind the last for which there is room are lost. */
  receive(name: string, data: ArrayLike<number>): void {
    const { received } = this.port(name);
    const kept = Array.from(data).slice(0, CAPACITY - received.length);
    received.push(...kept);
    if (data.length > 0) this.arrived(name, received.length, data.length - kept.length);
  }

  /** Bytes that wait for the board. */
  waiting(name: string): number {
    return this.port(name).received.length;
  }

  /** Bytes that the board has read since it configured the port. */
  taken(name: string): number {
    return this.port(name).taken;
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
    const port = this.port(name);
    if (port.received.length > 0) port.taken++;
    return port.received.shift();
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
      port = { received: [], sent: [], taken: 0 };
      this.ports.set(name, port);
    }
    return port;
  }
}
