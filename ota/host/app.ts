/**
 * The app image: what runs on one machine as one file, CBOR `[board class, [module, …]]`. It is exactly the payload
 * that a signed bundle carries; a module is known by its SHA-256, so that unchanged ones are neither sent nor written
 * again.
 */
import { createHash } from 'node:crypto';
import { encode } from 'cborg';
import { limits } from '../../hal/contract/index.js';
import { CborError, decodeCbor } from '../../sdk/wire/index.js';

export interface App {
  /** Class of the boards that it was built for. */
  readonly class: string;
  /** Wasm modules in the order of tars.toml. */
  readonly modules: readonly Uint8Array[];
}

/** Bytes that are no app image, or an app that breaks a limit. */
export class AppError extends Error {
  override readonly name = 'AppError';
}

/** Encodes an app. Throws AppError if it is empty or breaks a limit of the contract. */
export function packApp(app: App): Uint8Array {
  check(app);
  return encode([app.class, app.modules]);
}

/** Decodes an app image; accepts only the bytes that `packApp` writes. */
export function unpackApp(bytes: Uint8Array): App {
  let value: unknown;
  try {
    value = decodeCbor(bytes);
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
    throw new AppError(`no app image: ${error.message}`);
  }
  if (!Array.isArray(value) || value.length !== 2) throw new AppError('no app image: not [class, [modules]]');
  const [boardClass, modules] = value as [unknown, unknown];
  if (
    typeof boardClass !== 'string' ||
    !Array.isArray(modules) ||
    !modules.every((module) => module instanceof Uint8Array)
  ) {
    throw new AppError('no app image: not [class, [modules]]');
  }
  const app = { class: boardClass, modules };
  check(app);
  return app;
}

function check({ class: boardClass, modules }: App): void {
  const name = Buffer.byteLength(boardClass);
  if (name === 0 || name > limits.name.value)
    throw new AppError(`the board class must have 1 to ${limits.name.value} bytes`);
  if (modules.length === 0) throw new AppError('an app needs at least one behaviour');
  if (modules.length > limits.modules.value)
    throw new AppError(`${modules.length} behaviours, an app has at most ${limits.modules.value}`);
  const large = modules.findIndex((module) => module.length === 0 || module.length > limits.module.value);
  if (large >= 0)
    throw new AppError(`module ${large} has ${modules[large]?.length} bytes, allowed are 1 to ${limits.module.value}`);
}

/** SHA-256 of a module, its name on boards and in bundles. */
export const moduleDigest = (module: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(module).digest());

/** True for the first bytes of a Wasm module, as opposed to an app image. */
export const isModule = (bytes: Uint8Array): boolean =>
  [0x00, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
