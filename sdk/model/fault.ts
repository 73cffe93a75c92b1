import { errors, type ErrorName } from '../../hal/contract/index.js';

/** Code of an error by its name in the contract. */
export function errorCode(name: ErrorName): number {
  return errors.find((row) => row.name === name)?.code ?? 1;
}

/** Name of an error code, `undefined` if the contract has none. */
export function errorName(code: number): ErrorName | undefined {
  return errors.find((row) => row.code === code)?.name;
}

/**
 * Ends a reaction: no guest code of the behaviour runs after it was thrown. Thrown through the guest's frames by a host
 * call.
 */
export class Fault extends Error {
  readonly code: number;

  constructor(readonly reason: ErrorName) {
    super(`fault: ${reason}`);
    this.code = errorCode(reason);
  }
}

/** A request that the model refuses: a module that breaks the ABI, an unknown name, a value out of range. */
export class Refused extends Error {
  readonly code: number;

  constructor(
    readonly reason: ErrorName,
    detail = '',
  ) {
    super(detail === '' ? `refused: ${reason}` : `refused: ${reason}: ${detail}`);
    this.code = errorCode(reason);
  }
}
