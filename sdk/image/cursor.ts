/** Reads code as engines do: numbers may be longer than needed, as linkers pad them. */
import { ImageError } from './decode.js';

export class Cursor {
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new ImageError('code cut short', this.at);
    return byte;
  }

  u32(): number {
    return Number(BigInt.asUintN(32, this.leb(false)));
  }

  signed(bits: 32 | 64): bigint {
    return BigInt.asIntN(bits, this.leb(true));
  }

  /** Little-endian bits. */
  bits(size: 4 | 8): bigint {
    let value = 0n;
    for (let i = 0; i < size; i++) value |= BigInt(this.byte()) << BigInt(8 * i);
    return value;
  }

  private leb(signed: boolean): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw new ImageError('number too long', this.at);
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return signed && byte & 0x40 ? value - (1n << (shift + 7n)) : value;
    }
  }
}
