/** The lengths that a broker announces, read before the packets are: the library keeps a packet until it is whole. */

/** Most bytes of the number that says a packet's length. */
const LENGTH_BYTES = 4;

export class PacketLengths {
  /** Bytes of the packet that are still to come; undefined: its head is read. */
  private left: number | undefined;
  /** Bytes of the head that were read, and the length as far as they say it. */
  private head = 0;
  private length = 0;

  constructor(private readonly most: number) {}

  /** Goes on over what has come. Returns the first announced length above the bound. */
  excess(chunk: Uint8Array): number | undefined {
    for (let at = 0; at < chunk.length;) {
      if (this.left !== undefined) {
        const count = Math.min(this.left, chunk.length - at);
        at += count;
        this.left -= count;
      } else this.readHead(chunk[at++] ?? 0);
      if (this.left !== undefined && this.left > this.most) return this.left;
      if (this.left === 0) this.left = undefined;
    }
    return undefined;
  }

  private readHead(byte: number): void {
    if (this.head > 0) this.length += (byte & 0x7f) * 128 ** (this.head - 1);
    // A head that goes on for longer is no MQTT, and the library says so.
    const ends = this.head > 0 && (byte < 0x80 || this.head === LENGTH_BYTES);
    if (ends) {
      this.left = this.length;
      this.head = this.length = 0;
    } else this.head++;
  }
}
