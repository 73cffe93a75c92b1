import { calls, type HostCall } from '../../../hal/contract/index.js';
import type { Handle } from './program.js';

/** The host calls that are written as methods of a handle. */
export const methodsOf = (handle: Handle): HostCall[] =>
  calls.filter(
    (candidate) =>
      candidate.method !== undefined &&
      (handle.kind === 'timer' ? candidate.timer === true : candidate.kinds.includes(handle.kind)),
  );
