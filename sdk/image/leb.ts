/** LEB128 in shortest form, as every integer of a Wasm module is written. */

/** Appends an unsigned number below 2^32. */
export function writeU32(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

/** Appends a signed number of up to 64 bits. */
export function writeSigned(out: number[], value: number | bigint): void {
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    out.push(done ? low : low | 0x80);
    if (done) return;
  }
}

/** Bytes that `value` takes as an unsigned number. */
export function sizeU32(value: number): number {
  const out: number[] = [];
  writeU32(out, value);
  return out.length;
}
