/** Refusals of signed documents as errors for people. */
import { errors } from '../../hal/contract/index.js';
import type { Refused } from '../../ota/host/envelope.js';
import { UserError } from '../errors.js';

/** The contract's text and cure, with what was found in this file. */
export function explainRefusal(path: string, { error, why }: Refused): UserError {
  const row = errors.find(({ name }) => name === error);
  return new UserError(error, `${path}: ${row?.text ?? error} (${why})`, { cure: row?.cure ?? 'see docs/updates.md' });
}
