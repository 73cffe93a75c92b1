/** Root documents as files. */
import { readFileSync } from 'node:fs';
import { decodeRoot, verifyRoot, type TrustedRoot } from '../../ota/host/root.js';
import { explainRefusal } from './refusal.js';
import { systemCode, UserError } from '../errors.js';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';

/** Bytes of a file that the user named. */
export function readNamed(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new UserError('missing_file', `can't read ${path} (${systemCode(error) ?? String(error)})`, {
      cure: 'check the path and who may read it',
    });
  }
}

/**
 * Reads a root document that the user trusts by naming it. The first version proves itself; a later one was signed by
 * keys of the one before, so only its form is looked at here.
 */
export function loadRoot(path: string): TrustedRoot {
  const bytes = readNamed(path);
  const result = verifyRoot(bytes);
  if ('accepted' in result) return result.accepted;
  const envelope = readEnvelope('root', bytes);
  const later = ['unknown_key', 'role', 'threshold'].includes(result.refused.error);
  if (!later || isRefused(envelope)) throw explainRefusal(path, result.refused);
  const root = decodeRoot(envelope.document);
  if (root.version === 1) throw explainRefusal(path, result.refused);
  return { root, digest: envelope.digest };
}
