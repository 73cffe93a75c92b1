/** Values for golden vectors: the least and the most that each field can hold. */
import type { Field } from '../contract/index.js';

/** A float, so that 1.0 isn't taken for an integer. */
export interface FloatSample {
  readonly float: number;
}

export type Sample = number | bigint | boolean | string | Uint8Array | FloatSample | readonly Sample[];

const I64_MAX = (1n << 63n) - 1n;

/** Numbers of every width and form, floats that need 16 and 32 bits, and the special ones. */
const NUMBERS: readonly Sample[] = [
  0,
  23,
  24,
  -24,
  -25,
  255,
  256,
  65536,
  2 ** 32,
  -I64_MAX - 1n,
  I64_MAX,
  { float: 1 },
  { float: Math.fround(0.1) },
  { float: NaN },
  { float: -Infinity },
  { float: -0 },
];

/** `size` bytes of text with characters of one to four bytes. */
function longText(size: number): string {
  const tail = 'aé€'; // 6 bytes
  const robots = Math.floor((size - 6) / 4);
  return '🤖'.repeat(robots) + tail + 'z'.repeat(size - 6 - robots * 4);
}

/** The smallest value of a field. */
export function least(field: Field): Sample {
  switch (field.type) {
    case 'bool':
      return false;
    case 'u8':
    case 'u16':
    case 'u32':
      return 0;
    case 'i32':
      return -(2 ** 31);
    case 'i64':
      return -Number.MAX_SAFE_INTEGER;
    case 'f32':
      return { float: 2 ** -149 };
    case 'text':
      return '';
    case 'bytes':
      return new Uint8Array();
    case 'value':
      return -I64_MAX - 1n;
    case 'values':
    case 'u32s':
    case 'u16s':
      return [];
  }
}

/** The largest value of a field. i64 fields hold microseconds, which hosts keep in a double: 2^53 - 1. */
export function most(field: Field): Sample {
  const max = field.max ?? 0;
  switch (field.type) {
    case 'bool':
      return true;
    case 'u8':
      return 0xff;
    case 'u16':
      return 0xffff;
    case 'u32':
      return 0xffffffff;
    case 'i32':
      return 2 ** 31 - 1;
    case 'i64':
      return Number.MAX_SAFE_INTEGER;
    case 'f32':
      return { float: Math.fround(3.4028234663852886e38) };
    case 'text':
      return longText(max);
    case 'bytes':
      return Uint8Array.from({ length: max }, (_, i) => 1 + (i % 255)); // no zero: COBS blocks of full length
    case 'value':
      return { float: Math.fround(0.01) };
    case 'values':
      return NUMBERS.slice(0, max);
    case 'u32s':
      return Array.from({ length: max }, (_, i) => 0xffffffff - i);
    case 'u16s':
      return Array.from({ length: max }, (_, i) => 0xffff - i);
  }
}

/** A sample as JSON: integers beyond 2^53 and bytes as text under a key that says so. */
export function sampleJson(sample: Sample): unknown {
  if (typeof sample === 'bigint') return { int: sample.toString() };
  if (sample instanceof Uint8Array) return { hex: Buffer.from(sample).toString('hex') };
  if (Array.isArray(sample)) return (sample as readonly Sample[]).map(sampleJson);
  if (typeof sample === 'object' && 'float' in sample)
    return {
      float: Object.is(sample.float, -0) ? '-0' : Number.isFinite(sample.float) ? sample.float : String(sample.float),
    };
  return sample;
}

/**
 * A sample as the C test prints it: integers in decimal, floats as the 8 digits of their bits, texts and bytes in
 * hexadecimal.
 */
export function sampleDump(sample: Sample): string {
  if (typeof sample === 'boolean') return sample ? 'true' : 'false';
  if (typeof sample === 'string') return `'${Buffer.from(sample).toString('hex')}`;
  if (sample instanceof Uint8Array) return `#${Buffer.from(sample).toString('hex')}`;
  if (Array.isArray(sample)) return `[${(sample as readonly Sample[]).map(sampleDump).join(' ')}]`;
  if (typeof sample !== 'object') return sample.toString();
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, (sample as FloatSample).float);
  return `f${bits.getUint32(0).toString(16).padStart(8, '0')}`;
}
