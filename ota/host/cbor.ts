/**
 * CBOR as bundles spell it: shortest form, definite lengths, ascending keys. The reader goes once from the first byte
 * to the last and stops at the first wrong one, so that host and device name the same fault
 * (hal/contract/wire/bundle.ts, `formErrors`).
 */
import type { formErrors } from '../../hal/contract/index.js';

export type FormCode = (typeof formErrors)[number];

/** Bytes that are not in the one allowed form. */
export class FormError extends Error {
  override readonly name = 'FormError';
  constructor(
    readonly code: FormCode,
    readonly offset: number,
    why: string,
  ) {
    super(`${why} at byte ${offset}`);
  }
}

const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
const NULL = 0xf6;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A row of a map's template: what is read when its key comes. */
export interface MapRow {
  readonly key: number | string;
  readonly optional?: boolean;
  readonly read: (reader: Reader) => void;
}

/** Reads forward through bytes from `at` to `end`; offsets in errors count from the start of `bytes`. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Leaves with the fault `code` at the item that began at `at`. */
  fail(code: FormCode, why: string, at = this.at): never {
    throw new FormError(code, at, why);
  }

  /** Head of the next item. A number beyond 2^53 comes as Infinity: no template allows one. */
  head(): { readonly major: number; readonly info: number; readonly value: number; readonly start: number } {
    const start = this.at;
    if (start >= this.end) this.fail('truncated', 'nothing where an item is expected');
    const initial = this.bytes[this.at++] as number;
    const [major, info] = [initial >> 5, initial & 31];
    if (info < 24) return { major, info, value: info, start };
    if (info > 27) this.fail('encoding', 'a length that is indefinite or reserved', start);
    const size = 1 << (info - 24);
    if (this.end - this.at < size) this.fail('truncated', 'a number that is cut short', start);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.bytes[this.at++] as number);
    // Floats have their own rule of shortness, see `number`.
    if (major !== MAJOR.simple && value < [24, 2 ** 8, 2 ** 16, 2 ** 32][info - 24]!)
      this.fail('encoding', 'a number that is not in its shortest form', start);
    return { major, info, value: value > Number.MAX_SAFE_INTEGER ? Infinity : value, start };
  }

  /** Value of the head of an item of this type. */
  expect(major: keyof typeof MAJOR, what: string, code: FormCode = 'profile'): number {
    const head = this.head();
    if (head.major !== MAJOR[major]) this.fail(code, `${what} is of another type`, head.start);
    return head.value;
  }

  uint(min: number, max: number, what: string): number {
    const start = this.at;
    const value = this.expect('uint', what);
    if (value < min || value > max) this.fail('profile', `${what} is not between ${min} and ${max}`, start);
    return value;
  }

  /** An integer that must be this one. */
  literal(wanted: number, what: string, code: FormCode = 'profile'): void {
    const { major, value, start } = this.head();
    const given = major === MAJOR.uint ? value : major === MAJOR.negative ? -1 - value : NaN;
    if (given !== wanted) this.fail(code, `${what} is not ${wanted}`, start);
  }

  null(what: string): void {
    const { major, value, info, start } = this.head();
    if (major !== MAJOR.simple || info !== (NULL & 31) || value !== (NULL & 31))
      this.fail('profile', `${what} is not null`, start);
  }

  /** Content of a byte string of `min` to `max` bytes. */
  byteString(min: number, max: number, what: string): Uint8Array {
    const start = this.at;
    const size = this.expect('bytes', what);
    return this.take(size, min, max, what, start);
  }

  text(max: number, what: string): string {
    const start = this.at;
    const size = this.expect('text', what);
    if (size > this.end - this.at) this.fail('truncated', `${what} is cut short`, start);
    const from = this.at;
    this.at += size;
    let value: string;
    try {
      value = utf8.decode(this.bytes.subarray(from, this.at));
    } catch {
      this.fail('encoding', `${what} is not UTF-8`, start);
    }
    if (size > max) this.fail('profile', `${what} has more than ${max} bytes`, start);
    return value;
  }

  /** A byte string that holds one item: a reader of its content. Call `done` on it. */
  nested(what: string, max = Infinity): Reader {
    const start = this.at;
    const size = this.expect('bytes', what);
    const content = this.take(size, 0, max, what, start);
    return new Reader(this.bytes, this.at - content.length, this.at);
  }

  private take(size: number, min: number, max: number, what: string, start: number): Uint8Array {
    if (size > this.end - this.at) this.fail('truncated', `${what} is cut short`, start);
    if (size < min || size > max) this.fail('profile', `${what} has ${size} bytes`, start);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  /** Number of items of an array with `min` to `max` items. */
  array(min: number, max: number, what: string): number {
    const start = this.at;
    const count = this.expect('array', what);
    if (count < min || count > max) this.fail('profile', `${what} has ${count} items`, start);
    return count;
  }

  tag(wanted: number, what: string): void {
    const start = this.at;
    if (this.expect('tag', what) !== wanted) this.fail('profile', `${what} has another tag`, start);
  }

  /** A map against its template, whose rows ascend by the bytes of their keys. */
  map(rows: readonly MapRow[], what: string): void {
    const count = this.expect('map', what);
    let next = 0;
    let last: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const key = this.key(what);
      const raw = this.bytes.subarray(start, this.at);
      const order = last ? compareBytes(raw, last) : 1;
      if (order === 0) this.fail('duplicate_key', `${what} has the key ${key} twice`, start);
      if (order < 0) this.fail('encoding', `${what} has the key ${key} out of order`, start);
      const index = rows.findIndex((row, at) => at >= next && row.key === key);
      const row = rows[index];
      if (!row) this.fail('profile', `${what} has the key ${key}, which it must not have`, start);
      this.noneLeftOut(rows.slice(next, index), what, start);
      next = index + 1;
      last = raw;
      row.read(this);
    }
    this.noneLeftOut(rows.slice(next), what, this.at);
  }

  private noneLeftOut(rows: readonly MapRow[], what: string, at: number): void {
    const missing = rows.find((row) => !row.optional);
    if (missing) this.fail('profile', `${what} lacks the key ${missing.key}`, at);
  }

  private key(what: string): number | string {
    const { major, value, start } = this.head();
    if (major === MAJOR.uint) return value;
    if (major === MAJOR.negative) return -1 - value;
    if (major !== MAJOR.text) this.fail('profile', `a key of ${what} is of another type`, start);
    this.at = start;
    return this.text(Infinity, `a key of ${what}`);
  }

  /** An integer, or a float in the shorter of f16 and f32 that keeps its value. */
  number(what: string): number | bigint {
    const { major, info, value, start } = this.head();
    if (major === MAJOR.uint || major === MAJOR.negative) {
      // Beyond 2^53 only the eight bytes know the value.
      const exact =
        value === Infinity ? new DataView(this.bytes.buffer, this.bytes.byteOffset + start + 1).getBigUint64(0) : value;
      if (major === MAJOR.uint) return exact;
      return typeof exact === 'bigint' ? -1n - exact : -1 - exact;
    }
    if (major !== MAJOR.simple || (info !== 25 && info !== 26)) this.fail('profile', `${what} is no number`, start);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start + 1);
    const float = info === 25 ? half(value) : view.getFloat32(0);
    if (Number.isNaN(float) || (info === 26 && fitsHalf(float)))
      this.fail('encoding', `${what} is not in its shortest form`, start);
    return float;
  }

  /** All bytes were read. */
  done(what: string): void {
    if (this.at < this.end) this.fail('trailing', `bytes follow ${what}`);
  }
}

function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** True if a half holds `value` exactly: 11 significant bits, and not below the least subnormal. */
function fitsHalf(value: number): boolean {
  const size = Math.abs(value);
  if (size === 0 || size === Infinity) return true;
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10);
  return size <= 65504 && size % step === 0;
}

/** Order of byte strings: by the first byte that differs, a beginning before the longer one. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => compareBytes(a, b) === 0;

/** Bytes of an item's head. */
function head(major: keyof typeof MAJOR, value: number | bigint): Uint8Array {
  const type = MAJOR[major] << 5;
  if (typeof value === 'bigint') {
    if (value <= Number.MAX_SAFE_INTEGER) return head(major, Number(value));
    const wide = new DataView(new ArrayBuffer(9));
    wide.setUint8(0, type | 27);
    wide.setBigUint64(1, value);
    return new Uint8Array(wide.buffer);
  }
  if (value < 24) return Uint8Array.of(type | value);
  const size = value < 2 ** 8 ? 1 : value < 2 ** 16 ? 2 : value < 2 ** 32 ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = type | (24 + Math.log2(size));
  for (let i = size, rest = value; i > 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}

/** Parts one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const encoder = new TextEncoder();

/** Writers: bytes of one item from the bytes of its parts. */
export const cbor = {
  int: (value: number | bigint): Uint8Array => {
    if (value >= 0) return head('uint', value);
    return head('negative', typeof value === 'bigint' ? -1n - value : -1 - value);
  },
  bytes: (value: Uint8Array): Uint8Array => concat(head('bytes', value.length), value),
  text: (value: string): Uint8Array => {
    const content = encoder.encode(value);
    return concat(head('text', content.length), content);
  },
  array: (...items: readonly Uint8Array[]): Uint8Array => concat(head('array', items.length), ...items),
  /** Pairs in ascending order of their keys; `undefined` leaves a pair out. */
  map: (pairs: readonly (readonly [number | string, Uint8Array | undefined])[]): Uint8Array => {
    const given = pairs.flatMap(([key, value]) =>
      value ? [typeof key === 'string' ? cbor.text(key) : cbor.int(key), value] : [],
    );
    return concat(head('map', given.length / 2), ...given);
  },
  tag: (tag: number, item: Uint8Array): Uint8Array => concat(head('tag', tag), item),
  null: Uint8Array.of(NULL),
};
