/** Shortest float forms. A number of the contract is an f32; on the wire it is an f16 where that keeps the value. */

const view = new DataView(new ArrayBuffer(4));

/** The 16 bits of `value` as an IEEE 754 half, or undefined if a half can't hold it exactly. Any NaN is 0x7e00. */
export function halfBits(value: number): number | undefined {
  if (Number.isNaN(value)) return 0x7e00;
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0) return mantissa === 0 ? sign : undefined;
  if (exponent === 0xff) return sign | 0x7c00;
  const power = exponent - 127;
  if (power > 15 || power < -24) return undefined;
  if (power >= -14) return mantissa & 0x1fff ? undefined : sign | ((power + 15) << 10) | (mantissa >>> 13);
  const shift = -1 - power; // a subnormal half counts in 2^-24; the f32 mantissa with its hidden bit in 2^(power - 23)
  const full = mantissa | 0x800000;
  return full & ((1 << shift) - 1) ? undefined : sign | (full >>> shift);
}

/** Value of the 16 bits of an IEEE 754 half. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa ? NaN : sign * Infinity;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
