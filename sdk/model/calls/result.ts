import { ERROR_BASE, type ErrorName, limits } from '../../../hal/contract/index.js';
import { errorCode, Fault } from '../fault.js';

/** Result of a call that failed. */
export function failure(error: ErrorName): number {
  return ERROR_BASE - errorCode(error);
}

/** Bytes as an unsigned number, high byte first. */
export function highFirst(bytes: ArrayLike<number>): number {
  return Array.from(bytes).reduce((value, byte) => value * 256 + byte, 0);
}

/** A 16-bit pattern as a signed number; errors, which are below 0 already, pass. */
export function signed16(value: number): number {
  return value >= 0x8000 ? value - 0x10000 : value;
}

/** A transfer must be over on the wire within the contract's bound. */
export function checkWireTime(bits: number, speedKHz: number): void {
  if (bits * 1000 > limits.bus_us.value * speedKHz) throw new Fault('range');
}
