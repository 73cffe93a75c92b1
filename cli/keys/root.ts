/** Root documents as files. */
import { decodeRoot, verifyRoot, type TrustedRoot } from '../../ota/host/root.js';
import { readNamed } from '../files.js';
import { explainRefusal } from './refusal.js';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';

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
