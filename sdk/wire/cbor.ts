/**
 * CBOR as the contract writes it, RFC 8949 with one way only to write each value: shortest form, definite lengths, map
 * keys in ascending order of their bytes, floats as the shorter of f16 and f32 that keeps the value. No tags, no f64,
 * no `undefined`. The decoder refuses everything that the encoder wouldn't write.
 */
import { halfBits, halfValue } from './float.js';

/** A number that is a CBOR float even if it is integral. Its value is rounded to f32. */
export class CborFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = Math.fround(value);
  }
}

/** What can be written. A plain number must be a safe integer; integers beyond come back as bigint. */
export type Cbor =
  | number
  | bigint
  | CborFloat
  | boolean
  | null
  | string
  | Uint8Array
  | readonly Cbor[]
  | ReadonlyMap<number | string, Cbor>;

/** Bytes that aren't CBOR in the one allowed form, or a value that has none. */
export class CborError extends Error {
  /** Byte at which decoding stopped, -1 while encoding. */
  readonly offset: number;

  constructor(message: string, offset = -1) {
    super(offset < 0 ? message : `${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** Deepest nesting that the decoder follows: the app image in its manifest needs 4. */
const MAX_DEPTH = 16;
const MAX_U64 = (1n << 64n) - 1n;
const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, simple: 7 } as const;

/**
 * Encodes one value. Throws CborError for what has no form (fractions without CborFloat, lone surrogates, 65-bit
 * integers).
 */
export function encodeCbor(value: Cbor): Uint8Array {
  const out: number[] = [];
  write(out, value);
  return Uint8Array.from(out);
}

function write(out: number[], value: Cbor): void {
  if (typeof value === 'number' || typeof value === 'bigint') writeInteger(out, value);
  else if (typeof value === 'boolean') out.push(value ? 0xf5 : 0xf4);
  else if (typeof value === 'string') writeText(out, value);
  else if (value === null) out.push(0xf6);
  else if (value instanceof CborFloat) writeFloat(out, value.value);
  else if (value instanceof Uint8Array) writeBytes(out, MAJOR.bytes, value);
  else if (value instanceof Map) writeMap(out, value);
  else writeArray(out, value as readonly Cbor[]);
}

function writeInteger(out: number[], value: number | bigint): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new CborError(`${value} is no integer; wrap floats in CborFloat`);
  if (value < 0) writeHead(out, MAJOR.negative, typeof value === 'number' ? -1 - value : -1n - value);
  else writeHead(out, MAJOR.uint, value);
}

function writeHead(out: number[], major: number, argument: number | bigint): void {
  const first = major << 5;
  const n = Number(argument);
  if (argument < 24) out.push(first | n);
  else if (argument < 0x100) out.push(first | 24, n);
  else if (argument < 0x10000) out.push(first | 25, n >>> 8, n & 0xff);
  else if (argument < 0x100000000) out.push(first | 26, n >>> 24, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff);
  else {
    const wide = BigInt(argument);
    if (wide > MAX_U64) throw new CborError('integer of more than 64 bits');
    out.push(first | 27);
    for (let shift = 56n; shift >= 0n; shift -= 8n) out.push(Number((wide >> shift) & 0xffn));
  }
}

function writeFloat(out: number[], value: number): void {
  const half = halfBits(value);
  if (half !== undefined) {
    out.push(0xf9, half >>> 8, half & 0xff);
    return;
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value);
  out.push(0xfa, ...bytes);
}

function writeText(out: number[], text: string): void {
  if (/[\ud800-\udfff]/u.test(text)) throw new CborError('text with half a surrogate pair');
  writeBytes(out, MAJOR.text, new TextEncoder().encode(text));
}

function writeBytes(out: number[], major: number, bytes: Uint8Array): void {
  writeHead(out, major, bytes.length);
  for (const byte of bytes) out.push(byte);
}

function writeArray(out: number[], items: readonly Cbor[]): void {
  writeHead(out, MAJOR.array, items.length);
  for (const item of items) write(out, item);
}

function writeMap(out: number[], map: ReadonlyMap<number | string, Cbor>): void {
  const entries = [...map].map(([key, value]) => ({ key: encodeCbor(key), value }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  writeHead(out, MAJOR.map, entries.length);
  for (const { key, value } of entries) {
    for (const byte of key) out.push(byte);
    write(out, value);
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}

/**
 * Decodes exactly one value from all of `bytes`. Throws CborError for anything that `encodeCbor` wouldn't have written.
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.offset !== bytes.length) throw new CborError('bytes after the end', reader.offset);
  return value;
}

class Reader {
  offset = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Cbor {
    if (depth > MAX_DEPTH) throw this.error('nested too deeply');
    const start = this.offset;
    const first = this.take(1);
    const head = this.view.getUint8(first);
    const major = head >>> 5;
    const info = head & 0x1f;
    if (major === MAJOR.simple) return this.simple(info, start);
    const argument = this.argument(info, start);
    if (major === MAJOR.uint) return argument;
    if (major === MAJOR.negative) return narrow(-1n - BigInt(argument));
    if (typeof argument === 'bigint') throw new CborError('length beyond the end', start);
    if (major === MAJOR.bytes) return this.bytes.slice(this.take(argument), this.offset);
    if (major === MAJOR.text) return this.text(argument, start);
    if (major === MAJOR.array) return this.array(argument, depth, start);
    if (major === MAJOR.map) return this.map(argument, depth, start);
    throw new CborError('tags are not used', start);
  }

  private take(count: number): number {
    const at = this.offset;
    if (count > this.bytes.length - at) throw this.error('cut short');
    this.offset = at + count;
    return at;
  }

  private argument(info: number, start: number): number | bigint {
    if (info < 24) return info;
    if (info > 27) throw new CborError(info === 31 ? 'indefinite length' : 'reserved head', start);
    const size = 1 << (info - 24);
    const at = this.take(size);
    if (size === 8) {
      const wide = this.view.getBigUint64(at);
      if (wide < 0x100000000n) throw new CborError('not the shortest form', start);
      return narrow(wide);
    }
    const value = size === 1 ? this.view.getUint8(at) : size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
    if (value < [24, 0x100, 0x10000][info - 24]!) throw new CborError('not the shortest form', start);
    return value;
  }

  private simple(info: number, start: number): Cbor {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 25) {
      const bits = this.view.getUint16(this.take(2));
      const value = halfValue(bits);
      if (Number.isNaN(value) && bits !== 0x7e00) throw new CborError('NaN with a payload', start);
      return new CborFloat(value);
    }
    if (info === 26) {
      const value = this.view.getFloat32(this.take(4));
      if (halfBits(value) !== undefined) throw new CborError('not the shortest form', start);
      return new CborFloat(value);
    }
    throw new CborError('simple value or float that is not used', start);
  }

  private text(size: number, start: number): string {
    const bytes = this.bytes.subarray(this.take(size), this.offset);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new CborError('text that is not UTF-8', start);
    }
  }

  private array(count: number, depth: number, start: number): Cbor[] {
    if (count > this.bytes.length - this.offset) throw new CborError('length beyond the end', start);
    return Array.from({ length: count }, () => this.value(depth + 1));
  }

  private map(count: number, depth: number, start: number): Map<number | string, Cbor> {
    if (count > (this.bytes.length - this.offset) / 2) throw new CborError('length beyond the end', start);
    const map = new Map<number | string, Cbor>();
    let last: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const at = this.offset;
      const key = this.value(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'string') throw new CborError('map key of another type', at);
      const raw = this.bytes.subarray(at, this.offset);
      if (last && compareBytes(last, raw) >= 0) throw new CborError('map keys out of order', at);
      last = raw;
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  private error(message: string): CborError {
    return new CborError(message, this.offset);
  }
}

/** A number where it is exact, else a bigint. */
function narrow(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}
