/**
 * The trace: one line for each reaction, host call and fault, written the same way by the firmware.
 *
 *     R <time> <behaviour> <source> <argument>
 *     C <call id, base 36> <argument>* = <result>
 *     F <time> <behaviour> <code>
 *
 * Integers in decimal, f32 as the eight hexadecimal digits of their bits, `-` for no result, `!<code>` for a call that
 * ends in a fault.
 */
import type { Scalar } from '../../hal/contract/index.js';

/** What a guest passes and gets: i32 and f32 as number, i64 as bigint. */
export type Operand = number | bigint;

const bits = new DataView(new ArrayBuffer(4));

/** f32 as eight lower-case hexadecimal digits, every NaN as `nan`: engines may differ in a NaN's payload. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  bits.setFloat32(0, value);
  return bits.getUint32(0).toString(16).padStart(8, '0');
}

/** One argument or result as the trace writes it. */
export function formatOperand(type: Scalar, value: Operand): string {
  return type === 'f32' ? formatFloat(Number(value)) : String(value);
}

/** Collects lines. Switched off it costs one test a line. */
export class Trace {
  on = true;
  private lines: string[] = [];

  reaction(timeUs: number, behaviour: string, source: number, argument: number): void {
    if (this.on) this.lines.push(`R ${timeUs} ${behaviour} ${source} ${argument}`);
  }

  call(id: number, operands: readonly string[], result: string): void {
    if (this.on) this.lines.push(`C ${[id.toString(36), ...operands].join(' ')} = ${result}`);
  }

  fault(timeUs: number, behaviour: string, code: number): void {
    if (this.on) this.lines.push(`F ${timeUs} ${behaviour} ${code}`);
  }

  /** Everything so far, each line ended by a line feed. */
  text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  clear(): void {
    this.lines = [];
  }
}
