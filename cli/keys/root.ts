/** Root documents as files. */
import { names } from '../../hal/contract/index.js';
import { decodeRoot, verifyRoot, type TrustedRoot } from '../../ota/host/root.js';
import { readNamed } from '../files.js';
import { explainRefusal } from './refusal.js';
import { UserError } from '../errors.js';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';

/** True for an owner's domain. It names files on this machine too, so nothing in it leaves their folder. */
export const isOwner = (name: string): boolean => names.owner.pattern.test(name);

/** Root documents come from files of others: the owner's name is looked at here, before anything is made of it. */
function checkOwner(path: string, { owner }: { readonly owner: string }): void {
  if (!isOwner(owner))
    throw new UserError('bad_owner', `${path} names an owner that is no domain`, {
      cure: 'make the document again, with --owner and a domain like robots.example',
    });
}

/**
 * Reads a root document that the user trusts by naming it. The first version proves itself; a later one was signed by
 * keys of the one before, so only its form is looked at here.
 */
export function loadRoot(path: string): TrustedRoot {
  const bytes = readNamed(path);
  const result = verifyRoot(bytes);
  if ('accepted' in result) {
    checkOwner(path, result.accepted.root);
    return result.accepted;
  }
  const envelope = readEnvelope('root', bytes);
  const later = ['unknown_key', 'role', 'threshold'].includes(result.refused.error);
  if (!later || isRefused(envelope)) throw explainRefusal(path, result.refused);
  const root = decodeRoot(envelope.document);
  if (root.version === 1) throw explainRefusal(path, result.refused);
  checkOwner(path, root);
  return { root, digest: envelope.digest };
}
